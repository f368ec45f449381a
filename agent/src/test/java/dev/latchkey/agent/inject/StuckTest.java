package dev.latchkey.agent.inject;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StuckTest {

  private final DeliveryWorld world = new DeliveryWorld();
  private final Delivery delivery = DeliveryWorld.of("app").reloading().make();
  private final Stuck stuck = new Stuck(delivery, world.context());
  private final DeliveryState before = new Courier(delivery, world.context()).state();

  @Test
  void oneOfSeveralThatIsOverLeavesTheWordsOfTheOthers() {
    FileThreads.Watch check = stuck.writing();
    FileThreads.Watch write = stuck.writing();
    check.stuck();
    write.stuck();
    check.over();
    assertThat(stuck.in(before).problem()).contains("does not answer");
    write.over();
    assertThat(stuck.in(before)).isEqualTo(before);
    assertThat(world.events).as("told once").hasSize(1);
  }

  @Test
  void whatCannotBeTakenBackIsSaidFirstAndWhatFailedBeforeLast() {
    stuck.writing().stuck();
    stuck.takingBack().stuck();
    DeliveryState failed = before.with("no space", "no process");
    assertThat(stuck.in(failed).problem())
        .startsWith("what was written is still there")
        .endsWith("; no space");
    assertThat(stuck.in(failed).reloadProblem()).isEqualTo("no process");
  }

  @Test
  void aPidFileIsToldOfAsAReload() {
    stuck.signalling().stuck();
    assertThat(stuck.in(before).problem()).isEmpty();
    assertThat(stuck.in(before).reloadProblem()).contains("pid file");
  }
}
