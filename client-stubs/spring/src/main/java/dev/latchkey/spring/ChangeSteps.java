package dev.latchkey.spring;

import dev.latchkey.client.placeholder.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

/**
 * What is done in an application context when secrets have changed. The event is published whatever
 * becomes of the steps before it, and once more when one of them succeeds late.
 */
final class ChangeSteps {

  private static final boolean CLOUD =
      ClassUtils.isPresent(
          "org.springframework.cloud.context.environment.EnvironmentChangeEvent",
          ChangeSteps.class.getClassLoader());

  private final ConfigurableApplicationContext context;

  ChangeSteps(ConfigurableApplicationContext context) {
    this.context = context;
  }

  List<Step> inOrder() {
    List<Step> steps = new ArrayList<>();
    if (CLOUD) {
      steps.add(
          Step.of(
                  "set configuration properties anew",
                  secrets -> {
                    if (context.isActive()) {
                      CloudRefresh.rebind(context, dependingOn(secrets));
                    }
                  })
              .needingAll());
      steps.add(
          Step.of(
                  "make the beans of the refresh scope again",
                  secrets -> {
                    if (context.isActive()) {
                      CloudRefresh.remake(context);
                    }
                  })
              .needingAll());
    }
    steps.add(Step.forEach("publish a LatchkeyChangedEvent", this::publish));
    return steps;
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
