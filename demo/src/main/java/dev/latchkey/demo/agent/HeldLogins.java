package dev.latchkey.demo.agent;

import com.google.protobuf.ByteString;
import dev.latchkey.v1.AcknowledgeCredentialsRequest;
import dev.latchkey.v1.Credential;
import dev.latchkey.v1.CredentialChanged;
import dev.latchkey.v1.LatchkeyGrpc;
import dev.latchkey.v1.WatchCredentialsRequest;
import dev.latchkey.v1.WatchCredentialsResponse;
import dev.latchkey.v1.WatchedSecret;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * Every login that the agent gave out while this watched, kept so that a retired one can be tried.
 *
 * <p>It acknowledges each version at once, because it opens no session that would need the one before; so it delays no
 * retirement.
 */
public final class HeldLogins implements AutoCloseable {

  private final UnixChannel channel;
  private final String secret;
  private final ConcurrentSkipListMap<Long, Login> logins = new ConcurrentSkipListMap<>();
  private final Context.CancellableContext call = Context.current().withCancellation();
  private final Thread reader;

  private HeldLogins(Path socket, String secret) {
    this.channel = new UnixChannel(socket);
    this.secret = secret;
    this.reader = Thread.ofVirtual().name("held-logins").unstarted(call.wrap(this::read));
  }

  /** Begins to watch one secret. */
  public static HeldLogins watch(Path socket, String secret) {
    HeldLogins held = new HeldLogins(socket, secret);
    held.reader.start();
    return held;
  }

  /** The login that a version carries, once it was given out. */
  public Optional<Login> version(long version) {
    return Optional.ofNullable(logins.get(version));
  }

  private void read() {
    Iterator<WatchCredentialsResponse> events =
        LatchkeyGrpc.newBlockingStub(channel.channel())
            .withWaitForReady()
            .watchCredentials(
                WatchCredentialsRequest.newBuilder()
                    .addSecrets(WatchedSecret.newBuilder().setName(secret))
                    .setAcknowledges(true)
                    .build());
    String subscription = "";
    try {
      while (events.hasNext()) {
        WatchCredentialsResponse event = events.next();
        if (event.hasStarted()) {
          subscription = event.getStarted().getSubscriptionId();
        } else if (event.hasChanged()) {
          take(event.getChanged(), subscription);
        }
      }
    } catch (StatusRuntimeException ended) {
      // Closed, or the agent is gone: whoever asks for a version does not find it and says so.
    }
  }

  private void take(CredentialChanged change, String subscription) {
    Credential credential = change.getCredential();
    long version = credential.getState().getVersion();
    logins.put(version, new Login(text(credential, "username"), text(credential, "password")));
    LatchkeyGrpc.newBlockingStub(channel.channel())
        .acknowledgeCredentials(
            AcknowledgeCredentialsRequest.newBuilder()
                .setSubscriptionId(subscription)
                .setName(secret)
                .setVersion(version)
                .build());
  }

  private static String text(Credential credential, String field) {
    return credential.getFieldsOrDefault(field, ByteString.EMPTY).toStringUtf8();
  }

  @Override
  public void close() throws InterruptedException {
    call.cancel(null);
    channel.close();
    reader.join();
  }

  /** A user and its password; its text form shows the user alone. */
  public record Login(String user, String password) {

    @Override
    public String toString() {
      return "Login[user=" + user + "]";
    }
  }
}
