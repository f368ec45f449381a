package dev.latchkey.client.placeholder;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.latchkey.v1.CaughtUp;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.CredentialChanged;
import dev.latchkey.v1.Failure;
import dev.latchkey.v1.LatchkeyGrpc;
import dev.latchkey.v1.SecretUnavailable;
import dev.latchkey.v1.StateId;
import dev.latchkey.v1.SubscriptionStarted;
import dev.latchkey.v1.WatchCredentialsRequest;
import dev.latchkey.v1.WatchCredentialsResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * An agent on a real socket that serves watches of one secret each. Safe for any thread. The
 * modules for frameworks are tested with it too.
 */
public final class FakeAgent extends LatchkeyGrpc.LatchkeyImplBase implements AutoCloseable {

  private final Path socket;
  private final EventLoopGroup threads =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final Server server;
  private final Map<String, Credential> current = new HashMap<>();
  private final Map<String, Long> versions = new HashMap<>();
  private final Set<String> denied = new HashSet<>();
  private final List<Stream> streams = new ArrayList<>();

  /** Serves on that socket at once. */
  public FakeAgent(Path socket) throws IOException {
    this.socket = socket;
    server =
        NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toString()))
            .channelType(EpollServerDomainSocketChannel.class)
            .bossEventLoopGroup(threads)
            .workerEventLoopGroup(threads)
            .addService(this)
            .build()
            .start();
  }

  private record Stream(String name, StreamObserver<WatchCredentialsResponse> observer) {}

  /** Where it serves. */
  public Path socket() {
    return socket;
  }

  /** How many watches are open. */
  public synchronized int watches() {
    return streams.size();
  }

  /** Refuses the secret from now on. */
  public synchronized void deny(String name) {
    denied.add(name);
  }

  /** Makes the fields, name and value by turns, the secret's next version. */
  public synchronized void put(String name, String... fields) {
    put(credential(name, fields));
  }

  /** The same, with a lease that ends then. */
  public synchronized void putUntil(Instant end, String name, String... fields) {
    put(
        credential(name, fields)
            .setExpiresAt(Timestamp.newBuilder().setSeconds(end.getEpochSecond())));
  }

  private static Credential.Builder credential(String name, String... fields) {
    Credential.Builder next = Credential.newBuilder().setName(name);
    for (int i = 0; i < fields.length; i += 2) {
      next.putFields(fields[i], ByteString.copyFromUtf8(fields[i + 1]));
    }
    return next;
  }

  /** The same, with one field that is not text. */
  public synchronized void putBytes(String name, String field, byte... value) {
    put(Credential.newBuilder().setName(name).putFields(field, ByteString.copyFrom(value)));
  }

  /** Takes a secret away; it comes back with its next version. */
  public synchronized void withdraw(String name) {
    current.remove(name);
    tellAll(name);
  }

  private void put(Credential.Builder next) {
    long version = versions.merge(next.getName(), 1L, Long::sum);
    next.setState(StateId.newBuilder().setEpoch("e").setVersion(version).setRevision(version));
    current.put(next.getName(), next.build());
    tellAll(next.getName());
  }

  private void tellAll(String name) {
    List.copyOf(streams).stream().filter(stream -> stream.name.equals(name)).forEach(this::tell);
  }

  private void tell(Stream stream) {
    Credential credential = current.get(stream.name);
    WatchCredentialsResponse.Builder event = WatchCredentialsResponse.newBuilder();
    if (credential != null) {
      event.setChanged(CredentialChanged.newBuilder().setCredential(credential));
    } else {
      event.setUnavailable(
          SecretUnavailable.newBuilder()
              .setName(stream.name)
              .setFailure(
                  Failure.newBuilder()
                      .setCode(Status.Code.NOT_FOUND.value())
                      .setReason("NOT_FOUND")
                      .setMessage("There is no secret \"" + stream.name + "\"")));
    }
    stream.observer.onNext(event.build());
  }

  @Override
  public synchronized void watchCredentials(
      WatchCredentialsRequest request, StreamObserver<WatchCredentialsResponse> observer) {
    Stream stream = new Stream(request.getSecrets(0).getName(), observer);
    if (denied.contains(stream.name)) {
      observer.onError(
          Status.PERMISSION_DENIED.withDescription("The policy refuses it").asRuntimeException());
      return;
    }
    streams.add(stream);
    ((ServerCallStreamObserver<WatchCredentialsResponse>) observer)
        .setOnCancelHandler(() -> left(stream));
    observer.onNext(
        WatchCredentialsResponse.newBuilder()
            .setStarted(SubscriptionStarted.newBuilder().setSubscriptionId("s").setEpoch("e"))
            .build());
    tell(stream);
    observer.onNext(
        WatchCredentialsResponse.newBuilder().setCaughtUp(CaughtUp.getDefaultInstance()).build());
  }

  private synchronized void left(Stream stream) {
    streams.remove(stream);
  }

  @Override
  public void close() throws InterruptedException {
    server.shutdownNow().awaitTermination();
    var unused = threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
  }
}
