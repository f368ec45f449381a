package dev.latchkey.agent.wiring;

import dev.latchkey.agent.attest.process.OwnUser;
import dev.latchkey.agent.caller.Caller;
import dev.latchkey.agent.config.EtcAccounts;
import dev.latchkey.agent.consumer.Holders;
import dev.latchkey.agent.current.Current;
import dev.latchkey.agent.event.EventSink;
import dev.latchkey.agent.files.posix.PosixFileTree;
import dev.latchkey.agent.inject.Deliveries;
import dev.latchkey.agent.inject.Delivery;
import dev.latchkey.agent.inject.DeliveryContext;
import dev.latchkey.agent.inject.FileThreads;
import dev.latchkey.agent.inject.FileTree;
import dev.latchkey.agent.inject.Reloader;
import dev.latchkey.agent.machine.Mounts;
import dev.latchkey.agent.reload.process.ProcessReloader;
import dev.latchkey.agent.secret.SecretName;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Makes the deliveries into files over the foundation. */
final class DeliveryFactory {

  /** How many commands run side by side; one may take as long as its timeout allows. */
  private static final int RELOADERS = 8;

  private static final int IDLE_SECONDS = 10;

  /** Which part of the memory may be taken by files that are being made. */
  private static final int SHARE = 8;

  private final Foundation foundation;
  private final EventSink events;

  DeliveryFactory(Foundation foundation, EventSink events) {
    this.foundation = foundation;
    this.events = events;
  }

  Deliveries make(
      List<Delivery> files, Current current, Holders holders, Predicate<SecretName> isRotated) {
    FileThreads fileThreads = fileThreads();
    return new Deliveries(
        files,
        new DeliveryContext(
            current,
            holders,
            isRotated,
            tree(fileThreads),
            path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS),
            reloader(),
            foundation.store().deliveries(),
            foundation.store(),
            new DeliveryAudit(foundation.audit(), foundation.time()),
            self(),
            foundation.time(),
            foundation.timers(),
            foundation.random(),
            foundation.threads(),
            foundation.threads(),
            fileThreads,
            reloaders(),
            events));
  }

  private FileTree tree(FileThreads fileThreads) {
    return new PosixFileTree(
        new EtcAccounts(),
        foundation.random(),
        foundation.time(),
        foundation.timers(),
        fileThreads);
  }

  private Reloader reloader() {
    ProcessReloader reloader = new ProcessReloader(foundation.time(), OwnUser.uid());
    foundation.clock().onJump(jump -> reloader.clockWasSet());
    return reloader;
  }

  /** One that hangs in a file system holds nobody, and ends with the process. */
  private FileThreads fileThreads() {
    ExecutorService blocking =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("latchkey-file-", 0).factory());
    foundation.made().add("file threads", blocking::shutdownNow);
    return new FileThreads(
        foundation.threads(),
        blocking,
        Mounts.system(foundation.time()::nanoTime)::above,
        Runtime.getRuntime().maxMemory() / SHARE,
        foundation.time(),
        foundation.timers());
  }

  private Executor reloaders() {
    ThreadPoolExecutor reloaders =
        new ThreadPoolExecutor(
            RELOADERS,
            RELOADERS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("latchkey-reload-", 0).factory());
    reloaders.allowCoreThreadTimeOut(true);
    foundation.made().add("reloads", reloaders::shutdownNow);
    return reloaders;
  }

  private static Caller self() {
    int uid = OwnUser.uid();
    return new Caller(uid, OwnUser.gid(), (int) ProcessHandle.current().pid(), Optional.empty());
  }
}
