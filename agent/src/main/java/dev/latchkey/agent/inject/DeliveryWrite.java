package dev.latchkey.agent.inject;

import dev.latchkey.agent.consumer.Holder;
import dev.latchkey.agent.consumer.Holders;
import dev.latchkey.agent.inject.Delivery.Leaving;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.SecretState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * One write of a delivery, whole or not at all: read together, kept as held, noted in the audit,
 * rendered, and then swapped in.
 *
 * <p>A delivery is a holder that cannot acknowledge. That its program was told does not show that
 * nothing older is in use by it: a signal is not answered, and a server that reloads goes on with
 * the connections that it has. So what it holds is retired at the end of its overlap, never before.
 */
final class DeliveryWrite {

  private final Delivery delivery;
  private final DeliveryContext context;
  private final ConsistentRead read;
  private final boolean withPrevious;
  private final Holder holder;
  private boolean marked;

  DeliveryWrite(Delivery delivery, DeliveryContext context) {
    this.delivery = delivery;
    this.context = context;
    this.read = new ConsistentRead(context.current());
    this.withPrevious =
        delivery.entries().stream().anyMatch(entry -> entry.format().readsPrevious());
    this.holder = new Holder(Holder.Kind.FILE, delivery.actor(), false);
  }

  /**
   * What came of a write.
   *
   * @param changed whether the files differ from what was there
   * @param reload whether a program is to be told
   */
  record Outcome(Values values, boolean changed, boolean reload) {}

  Outcome write() {
    Values values = read.read(delivery.secrets(), withPrevious);
    values.current().values().forEach(this::keep);
    List<FileContent> contents = render(values);
    try {
      values.current().values().forEach(state -> context.trail().delivers(delivery, state));
      return put(values, contents);
    } finally {
      contents.forEach(content -> Arrays.fill(content.bytes(), (byte) 0));
    }
  }

  private void keep(SecretState state) {
    Holders holders = context.holders();
    boolean isHeld =
        state.lifetime() instanceof Lifetime.Leased || context.isRotated().test(state.name());
    if (isHeld && !holders.isKept(holder, state.name(), state.id().version())) {
      holders.deliver(state.name(), state.id().version(), List.of(holder), context.self());
    }
  }

  private List<FileContent> render(Values values) {
    List<FileContent> contents = new ArrayList<>();
    for (Delivery.Entry entry : delivery.entries()) {
      contents.addAll(entry.format().render(entry.file(), values));
    }
    return contents;
  }

  /** Nobody is told of files that were not there before: whoever reads them starts later. */
  private Outcome put(Values values, List<FileContent> contents) {
    boolean mayReload = delivery.reload().isPresent();
    boolean wasMarked = marked;
    boolean wasThere =
        mayReload
            && on(context.fileThreads(), () -> context.isThere().test(delivery.placement().path()));
    if (wasThere) {
      mark();
    }
    boolean changed =
        on(context.fileThreads(), () -> context.files().write(delivery.placement(), contents));
    if (wasThere && !changed && !wasMarked) {
      reloaded();
    }
    return new Outcome(values, changed, wasThere && changed);
  }

  /** Before the swap: a program that is told once too often is better than one never told. */
  private void mark() {
    if (!marked) {
      context
          .transactions()
          .run(transaction -> context.reloads().mark(transaction, delivery.name()));
      marked = true;
    }
  }

  /** Notes that a mark of an earlier life of the agent is there. */
  void wasMarked() {
    marked = true;
  }

  /** The program knows what is there. */
  void reloaded() {
    context
        .transactions()
        .run(transaction -> context.reloads().clear(transaction, delivery.name()));
    marked = false;
  }

  /** Leaves the files as they shall be left. */
  void leave(Leaving how) {
    switch (how) {
      case KEEP -> {}
      case BLANK -> {
        takeBack(how, context.files()::blank);
      }
      case REMOVE -> {
        takeBack(how, context.files()::remove);
      }
    }
  }

  private void takeBack(Leaving how, java.util.function.Consumer<Placement> act) {
    boolean _ =
        on(
            context.fileThreads(),
            () -> {
              act.accept(delivery.placement());
              return true;
            });
    context.trail().takesBack(delivery, how);
  }

  /** Does {@code work} on another thread, and waits for it. */
  static <T> T on(Executor threads, Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(work, threads).join();
    } catch (CompletionException failed) {
      throw failed.getCause() instanceof RuntimeException why ? why : failed;
    }
  }
}
