package dev.latchkey.agent.inject;

import dev.latchkey.agent.consumer.Holder;
import dev.latchkey.agent.consumer.Holders;
import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.inject.DeliveryState.Condition;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.SecretState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * One write of a delivery, whole or not at all: kept as held, rendered, noted in the audit, and
 * then swapped in. Blocks, but for no backend; in the delivery's mailbox, which waits for the
 * thread that works in the file system.
 *
 * <p>A delivery is a holder that cannot acknowledge. That its program was told does not show that
 * nothing older is in use by it: a signal is not answered, and a server that reloads goes on with
 * the connections that it has. So what it holds is retired at the end of its overlap, never before.
 */
final class DeliveryWrite {

  private final Delivery delivery;
  private final DeliveryContext context;
  private final Memory memory;
  private final Stuck stuck;
  private final Holder holder;

  DeliveryWrite(Delivery delivery, DeliveryContext context, Memory memory, Stuck stuck) {
    this.delivery = delivery;
    this.context = context;
    this.memory = memory;
    this.stuck = stuck;
    this.holder = new Holder(Holder.Kind.FILE, delivery.actor(), false);
  }

  /**
   * What came of a write.
   *
   * @param changed whether the files differ from what was there
   * @param reload whether a program is to be told
   */
  record Outcome(boolean changed, boolean reload) {}

  Outcome write(Values values) {
    values.all().forEach(this::keep);
    return context
        .fileThreads()
        .write(place().path(), stuck.writing(), room(values), room -> rendered(room, values));
  }

  /** What all its files may take together while they are made, in bytes. */
  private long room(Values values) {
    return delivery.entries().stream().mapToLong(entry -> entry.format().room(values)).sum();
  }

  private Outcome rendered(WorkRoom room, Values values) {
    List<FileContent> contents = new ArrayList<>();
    try {
      for (Delivery.Entry entry : delivery.entries()) {
        contents.addAll(entry.format().render(entry.file(), values));
        room.holds(contents);
      }
      return audited(values, () -> put(contents));
    } finally {
      contents.forEach(content -> Arrays.fill(content.bytes(), (byte) 0));
    }
  }

  /** Tells the audit of each value first, and of each that it was told of when it then failed. */
  private Outcome audited(Values values, Supplier<Outcome> write) {
    List<SecretState> told = new ArrayList<>();
    try {
      for (SecretState state : values.all()) {
        context.trail().delivers(delivery, state);
        told.add(state);
      }
      return write.get();
    } catch (RuntimeException failed) {
      told.forEach(state -> context.trail().failed(delivery, state, reason(failed)));
      throw failed;
    }
  }

  private static String reason(RuntimeException failed) {
    return failed.getClass().getSimpleName();
  }

  private void keep(SecretState state) {
    Holders holders = context.holders();
    boolean isHeld =
        state.lifetime() instanceof Lifetime.Leased || context.isRotated().test(state.name());
    if (isHeld && !holders.isKept(holder, state.name(), state.id().version())) {
      holders.deliver(state.name(), state.id().version(), List.of(holder), context.self());
    }
  }

  /**
   * Swaps, and answers whether the program is to be told: of a change of what it may have read, and
   * of one that an earlier attempt or life may have made. A program that is told once too often is
   * better than one that is never told, so the store keeps it before the swap. Nobody is told of
   * files that were never there: whoever reads them starts later.
   */
  private Outcome put(List<FileContent> contents) {
    boolean reloads = delivery.reload().isPresent();
    Kept before = memory.now();
    boolean owed = reloads && before.reloadDue();
    boolean found = before.condition() == Condition.WRITTEN || isAnythingThere();
    boolean mayBeRead = found || before.wasTakenBack() || owed;
    memory.keep(before.begun().owing(reloads && mayBeRead));
    boolean changed = swapped(contents, before, found);
    boolean due = owed || (reloads && mayBeRead && changed);
    memory.become(before.written().owing(due));
    return new Outcome(changed, due);
  }

  /** What a first write that failed did not put there is not the agent's. */
  private boolean swapped(List<FileContent> contents, Kept before, boolean found) {
    try {
      return context.files().write(place(), contents);
    } catch (SyncFailed inPlace) {
      throw inPlace;
    } catch (RuntimeException failed) {
      if (!before.isThere() && (found || !isAnythingThere())) {
        memory.become(memory.now().as(before.condition()));
      }
      throw failed;
    }
  }

  private boolean isAnythingThere() {
    return context.isThere().test(place().path());
  }

  /**
   * Leaves the files as they shall be left. Where this agent wrote nothing, or left them so before,
   * nothing is done: a file that somebody else put there is not touched.
   *
   * @return whether anything was done
   */
  boolean leave(Leaving how) {
    return switch (how) {
      case KEEP -> false;
      case BLANK -> takeBack(how, Condition.BLANKED, () -> context.files().blank(place()));
      case REMOVE -> takeBack(how, Condition.REMOVED, () -> context.files().remove(place()));
    };
  }

  private Placement place() {
    return delivery.placement();
  }

  private boolean takeBack(Leaving how, Condition becomes, Runnable act) {
    if (!memory.now().isThere() || memory.now().condition() == becomes) {
      return false;
    }
    context.trail().takesBack(delivery, how);
    memory.become(memory.now().owing(delivery.reload().isPresent()));
    saveIfThereIsRoom();
    try {
      boolean done =
          context
              .fileThreads()
              .takeBack(
                  place().path(),
                  stuck.takingBack(),
                  () -> {
                    act.run();
                    return true;
                  });
      memory.become(memory.now().as(becomes));
      return done;
    } catch (RuntimeException failed) {
      context.trail().failed(delivery, how, reason(failed));
      throw failed;
    }
  }

  /** What is revoked goes also while the store is full: whoever called keeps it later. */
  private void saveIfThereIsRoom() {
    try {
      memory.save();
    } catch (RuntimeException full) {
      return;
    }
  }
}
