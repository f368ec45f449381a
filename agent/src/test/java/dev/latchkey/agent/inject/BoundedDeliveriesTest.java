package dev.latchkey.agent.inject;

import static dev.latchkey.agent.inject.DeliveryWorld.A;
import static dev.latchkey.agent.inject.DeliveryWorld.PATH;
import static dev.latchkey.agent.inject.States.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.latchkey.agent.inject.template.Template;
import dev.latchkey.agent.lifecycle.ComponentHealth;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a delivery may take of the agent's memory; in these tests 1 MiB. */
class BoundedDeliveriesTest {

  private static final int ROOM = 1 << 20;
  private static final int THIRD = ROOM / 3 + 1;

  private final DeliveryWorld world = new DeliveryWorld();

  private static Delivery of(Delivery.Entry... entries) {
    return DeliveryWorld.of("app").writing(entries).make();
  }

  private static Delivery.Entry template(String file, String text) {
    return new Delivery.Entry(file, new TemplateFormat(Template.compile("t", text)));
  }

  private static ComponentHealth health(Deliveries deliveries) {
    return deliveries.gates().getFirst().health();
  }

  @Test
  void aSetThatIsLongerThanAllTheRoomIsRefusedAsAWhole() {
    world.current.putUntold(A, content("v", "x".repeat(THIRD)));
    Deliveries deliveries =
        world.started(
            of(DeliveryWorld.raw("a", A), DeliveryWorld.raw("b", A), DeliveryWorld.raw("c", A)));

    assertThat(world.files.there).isEmpty();
    assertThat(health(deliveries))
        .isEqualTo(
            ComponentHealth.unhealthy(
                "file:app",
                "/run/app/file is not written yet: its files take more than 1048576 bytes"
                    + " together, all that one delivery may have of the agent's memory; split it,"
                    + " or give the agent more"));
    world.current.put(A, content("v", "x".repeat(THIRD - 2)));
    assertThat(world.files.there).containsKey(PATH);
  }

  @Test
  void whatTemplatesMakeOfASmallSecretCountsToo() {
    world.current.putUntold(A, content("v", "\n".repeat(1000)));
    String loop = "{{#each (lines (secret \"a\" \"v\"))}}" + "x".repeat(400) + "{{/each}}";
    Deliveries deliveries =
        world.started(of(template("a", loop), template("b", loop), template("c", loop)));

    assertThat(world.files.there).isEmpty();
    assertThat(health(deliveries).toString()).contains("take more than 1048576 bytes together");
  }

  @Test
  void aFileOfAnyFormatEndsWhereOneMayNotBeLonger() {
    world.current.putUntold(A, content("v", "\u0001".repeat(SecretBuffer.LONGEST / 5)));
    Format json = new JsonFormat(Fields.all(A));
    Deliveries deliveries = world.started(of(new Delivery.Entry("file", json)));

    assertThat(world.files.there).isEmpty();
    assertThat(health(deliveries).toString()).contains("a file would be longer than 4194304 bytes");
  }

  @Test
  void aTemplateIsGivenRoomForTheLongestFileHoweverSmallItsSecretsAre() {
    Values values = new Values(Map.of(A, States.state(A, 1, content("v", "x"))), Map.of());
    Format template = new TemplateFormat(Template.compile("t", "{{secret \"a\" \"v\"}}"));
    assertThat(template.secrets()).isEqualTo(Set.of(A));
    assertThat(template.room(values)).isGreaterThanOrEqualTo(Template.MAX_OUTPUT);
    Format raw = new RawFormat(A, Optional.empty(), false);
    assertThat(raw.room(values)).isBetween(1L, 100L);
  }
}
