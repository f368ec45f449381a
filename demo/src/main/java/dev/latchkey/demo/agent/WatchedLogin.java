package dev.latchkey.demo.agent;

import com.google.protobuf.ByteString;
import dev.latchkey.client.AgentChannel;
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
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The login that the agent gives out, watched so that it can be tried again once it is retired.
 *
 * <p>It acknowledges each version at once, because it opens no session that would need the one
 * before; so it delays no retirement.
 */
public final class WatchedLogin implements AutoCloseable {

  private final AgentChannel channel;
  private final String secret;
  private final List<Login> seen = new CopyOnWriteArrayList<>();
  private final Context.CancellableContext call = Context.current().withCancellation();

  private WatchedLogin(Path socket, String secret) {
    this.channel = AgentChannel.open(socket, Runnable::run);
    this.secret = secret;
  }

  /** Begins to watch one secret. */
  public static WatchedLogin watch(Path socket, String secret) {
    WatchedLogin watched = new WatchedLogin(socket, secret);
    Thread.ofVirtual().name("watched-login").start(watched.call.wrap(watched::read));
    return watched;
  }

  /** The login that the newest version given out carries. */
  public Optional<Login> newest() {
    return seen.isEmpty() ? Optional.empty() : Optional.of(seen.getLast());
  }

  /** The login that was given out next after this one. */
  public Optional<Login> after(Login login) {
    return seen.stream().filter(other -> other.version() > login.version()).findFirst();
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
    if (seen.isEmpty() || version > seen.getLast().version()) {
      seen.add(
          new Login(
              version,
              text(credential, "username"),
              text(credential, "password"),
              Instant.ofEpochSecond(
                  credential.getIssuedAt().getSeconds(), credential.getIssuedAt().getNanos())));
    }
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
  public void close() {
    call.cancel(null);
    channel.close();
  }

  /**
   * A user and its password; its text form shows neither the password nor anything secret.
   *
   * @param issuedAt when it was issued, by the agent's clock
   */
  public record Login(long version, String user, String password, Instant issuedAt) {

    @Override
    public String toString() {
      return "Login[version=" + version + ", user=" + user + "]";
    }
  }
}
