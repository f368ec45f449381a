package dev.latchkey.spring;

import dev.latchkey.client.placeholder.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

/**
 * What is done in an application context when secrets have changed. An event is published, and the
 * refresh scope emptied, once for each change, whatever a listener or a bean throws; our own event
 * whatever becomes of the steps before it, and once more when one of them succeeds late.
 */
final class ChangeSteps {

  private static final boolean CLOUD =
      ClassUtils.isPresent(
          "org.springframework.cloud.context.environment.EnvironmentChangeEvent",
          ChangeSteps.class.getClassLoader());

  private final ConfigurableApplicationContext context;
  private final LatchkeyPropertySource source;

  ChangeSteps(ConfigurableApplicationContext context, LatchkeyPropertySource source) {
    this.context = context;
    this.source = source;
  }

  List<Step> inOrder() {
    List<Step> steps = new ArrayList<>();
    if (CLOUD) {
      CloudRefresh cloud = new CloudRefresh(context);
      steps.add(
          whileActive("publish an EnvironmentChangeEvent", all -> cloud.tell(dependingOn(all)))
              .once());
      steps.add(whileActive("set configuration properties anew", all -> cloud.setTheRest()));
      steps.add(whileActive("make the refresh scope again", all -> remake(cloud)).once());
    }
    steps.add(Step.forEach("publish a LatchkeyChangedEvent", this::publish).once());
    return steps;
  }

  private Step whileActive(String name, Consumer<Set<String>> action) {
    Consumer<Set<String>> inContext =
        secrets -> {
          if (context.isActive()) {
            action.accept(secrets);
          }
        };
    return Step.of(name, inContext).needingAll();
  }

  private void remake(CloudRefresh cloud) {
    source.forgetLookUps();
    cloud.remake();
  }

  private void publish(String secret) {
    if (context.isActive()) {
      context.publishEvent(new LatchkeyChangedEvent(context, secret, dependingOn(Set.of(secret))));
    }
  }

  private Set<String> dependingOn(Set<String> secrets) {
    return Placeholders.of(context.getEnvironment()).dependingOn(secrets);
  }
}
