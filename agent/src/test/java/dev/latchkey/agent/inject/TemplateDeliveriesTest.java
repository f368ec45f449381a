package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.DeliveryWorld.B;
import static dev.latchkey.agent.inject.DeliveryWorld.PATH;
import static dev.latchkey.agent.inject.States.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.template.Template;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.lifecycle.ComponentHealth.Level;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Deliveries that templates make. */
class TemplateDeliveriesTest {

  private static final String BOTH = "{{secret \"a\" \"v\"}} and {{secret \"b\" \"v\"}}";
  private static final Path OTHER = Path.of("/run/app/other");

  private final DeliveryWorld world = new DeliveryWorld();

  private static Delivery.Entry made(String text) {
    return new Delivery.Entry("file", new TemplateFormat(Template.compile("app.conf", text)));
  }

  private static Delivery of(String name, Path path, String text) {
    return DeliveryWorld.of(name).at(path.toString()).writing(made(text)).make();
  }

  private static ComponentHealth health(Deliveries deliveries) {
    return deliveries.gates().getFirst().health();
  }

  @Test
  void onlyWhatDependsOnAChangedSecretIsRenderedAgain() {
    world.current.putUntold(A, content("v", "a1"));
    world.current.putUntold(B, content("v", "b1"));
    world.started(of("both", PATH, BOTH), of("one", OTHER, "{{secret \"b\" \"v\"}}"));
    assertThat(world.files.text(PATH)).contains("a1 and b1");
    assertThat(world.files.text(OTHER)).contains("b1");
    assertThat(world.files.rendered).isEqualTo(2);

    world.current.put(A, content("v", "a2"));
    assertThat(world.files.text(PATH)).contains("a2 and b1");
    assertThat(world.files.rendered).as("the other is not handed over at all").isEqualTo(3);

    world.current.put(B, content("v", "b2"));
    assertThat(world.files.text(PATH)).contains("a2 and b2");
    assertThat(world.files.text(OTHER)).contains("b2");
    assertThat(world.files.rendered).isEqualTo(5);
  }

  @Test
  void aBranchThatIsNotTakenStillDependsOnItsSecret() {
    world.current.putUntold(A, content("v", "a1"));
    world.current.putUntold(B, content("v", "b1"));
    world.started(
        of("app", PATH, "{{#if (has \"a\" \"w\")}}{{secret \"b\" \"v\"}}{{else}}none{{/if}}"));
    assertThat(world.files.text(PATH)).contains("none");
    world.current.put(A, content("v", "a2", "w", ""));
    assertThat(world.files.text(PATH)).contains("b1");
    world.current.put(B, content("v", "b2"));
    assertThat(world.files.text(PATH)).contains("b2");
  }

  @Test
  void whatCannotBeRenderedIsToldByItsPlaceAndLeavesTheOldFile() {
    world.current.putUntold(A, content("v", "marker-one"));
    world.current.putUntold(B, content("v", "marker-two"));
    Deliveries deliveries = world.started(of("app", PATH, BOTH));
    world.current.put(B, content("w", "marker-three"));
    assertThat(world.files.text(PATH)).contains("marker-one and marker-two");
    assertThat(health(deliveries))
        .isEqualTo(
            ComponentHealth.degraded(
                "file:app",
                "/run/app/file is not up to date: app.conf:1:26: field \"v\" of secret \"b\" is"
                    + " missing"));
    assertThat(world.events.toString()).doesNotContain("marker");
    world.current.put(B, content("v", "four"));
    assertThat(world.files.text(PATH)).contains("marker-one and four");
    assertThat(health(deliveries).level()).isEqualTo(Level.HEALTHY);
  }

  @Test
  void aMissingFieldIsNoRevocation() {
    world.current.putUntold(A, content("v", "one"));
    world.started(
        DeliveryWorld.of("app")
            .writing(made("{{secret \"a\" \"v\"}}"))
            .leaving(Delivery.Leaving.KEEP, Delivery.Leaving.REMOVE)
            .make());
    world.current.put(A, content("w", "two"));
    world.time.advance(Duration.ofMinutes(5));
    assertThat(world.files.text(PATH)).contains("one");
  }

  @Test
  void aTemplateWithoutASecretIsWrittenOnce() {
    Deliveries deliveries = world.started(of("app", PATH, "constant"));
    assertThat(world.files.text(PATH)).contains("constant");
    assertThat(deliveries.gates().getFirst().isOpen()).isTrue();
    assertThat(world.time.pending()).isZero();
  }
}
