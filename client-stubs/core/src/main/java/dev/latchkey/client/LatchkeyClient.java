package dev.latchkey.client;

import dev.latchkey.v1.BatchGetSecretsRequest;
import dev.latchkey.v1.DecryptRequest;
import dev.latchkey.v1.EncryptRequest;
import dev.latchkey.v1.ListSecretsRequest;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An application's way to its Latchkey agent: reads, watches, lists, encrypts and decrypts.
 *
 * <p>One client serves a whole application; every method is safe for any thread. The blocking
 * methods wait on the calling thread, the ones ending in {@code Async} return at once and complete
 * on a daemon thread of the client; cancelling their future cancels the call. No call is repeated
 * by the client: after {@code UNAVAILABLE} the caller may repeat any of them, since none changes
 * anything at the agent.
 *
 * <p>Every failure is a {@link LatchkeyException}; the futures complete exceptionally with it.
 * Common to all calls: {@code UNAVAILABLE} when the agent cannot be reached, {@code
 * DEADLINE_EXCEEDED} after the call timeout, {@code DENIED} when the policy does not allow it,
 * {@code UNKNOWN_CALLER} when this process cannot be attested, {@code CANCELLED} when the waiting
 * thread is interrupted (its interrupt flag stays set).
 */
public final class LatchkeyClient implements AutoCloseable {

  private final ExecutorService callbacks = Surroundings.callbackThreads();
  private final ScheduledExecutorService timer = Surroundings.timerThread();
  private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
  private final @Nullable AgentChannel own;
  private final Calls calls;
  private final ReconnectDelay reconnect;
  private volatile boolean closed;

  LatchkeyClient(
      @Nullable Path socket,
      @Nullable ManagedChannel given,
      Duration callTimeout,
      ReconnectDelay reconnect,
      Supplier<Map<String, String>> headers) {
    this.reconnect = reconnect;
    if (given != null) {
      own = null;
      calls = new Calls(given, callTimeout, headers);
    } else {
      own = AgentChannel.open(java.util.Objects.requireNonNull(socket), callbacks);
      calls = new Calls(own.channel(), callTimeout, headers);
    }
  }

  /** Begins a client. */
  public static LatchkeyClientBuilder builder() {
    return new LatchkeyClientBuilder();
  }

  /** A client of the agent that {@link AgentSocket#find} finds. */
  public static LatchkeyClient connect() {
    return builder().build();
  }

  /**
   * The current credential of a secret, with all fields.
   *
   * @throws LatchkeyException {@code NOT_FOUND} when there is no such secret and this process may
   *     know, {@code LEASE_EXPIRED}, {@code VERSION_DESTROYED}, {@code BACKEND_REFUSED}
   */
  public Credential get(String name) {
    return calls.await(getAsync(name));
  }

  /** A credential of a secret as {@code options} say; fails like {@link #get(String)}. */
  public Credential get(String name, GetOptions options) {
    return calls.await(getAsync(name, options));
  }

  /** {@link #get(String)} without blocking. */
  public CompletableFuture<Credential> getAsync(String name) {
    return getAsync(name, GetOptions.CURRENT);
  }

  /** {@link #get(String, GetOptions)} without blocking. */
  public CompletableFuture<Credential> getAsync(String name, GetOptions options) {
    return calls.get(name, options);
  }

  /**
   * The current credentials of at most 100 secrets as they stood at one moment, in the order of the
   * names; a failure of one stands beside the values of the others. Repeated names are asked for
   * once.
   */
  public Map<String, Outcome<Credential>> getAll(Collection<String> names) {
    return calls.await(getAllAsync(names));
  }

  /** {@link #getAll} without blocking. */
  public CompletableFuture<Map<String, Outcome<Credential>>> getAllAsync(Collection<String> names) {
    BatchGetSecretsRequest request =
        BatchGetSecretsRequest.newBuilder().addAllNames(new LinkedHashSet<>(names)).build();
    return calls
        .batch(request)
        .map(
            answer -> {
              Map<String, Outcome<Credential>> outcomes = new LinkedHashMap<>();
              answer
                  .getResultsList()
                  .forEach(
                      result ->
                          outcomes.put(
                              result.getName(),
                              result.hasFailure()
                                  ? new Outcome.Failed<>(Failures.from(result.getFailure()))
                                  : new Outcome.Done<>(Wire.credential(result.getCredential()))));
              return outcomes;
            });
  }

  /**
   * What this process may read, in the order of the names, without values: every name that begins
   * with {@code prefix}, all for an empty one. Asks page by page; a secret that comes or goes
   * meanwhile may be in it or not.
   */
  public List<SecretSummary> list(String prefix) {
    List<SecretSummary> all = new ArrayList<>();
    String token = "";
    do {
      ListSecretsRequest request =
          ListSecretsRequest.newBuilder()
              .setPrefix(prefix)
              .setPageSize(1000)
              .setPageToken(token)
              .build();
      token = calls.await(calls.list(request).map(page -> addPage(page, all)));
    } while (!token.isEmpty());
    return List.copyOf(all);
  }

  /**
   * Encrypts one plaintext under the newest key of a keyring; {@code NOT_FOUND} when there is no
   * such keyring.
   */
  public CipherOutput encrypt(String keyring, CipherInput plaintext) {
    return encryptAll(keyring, List.of(plaintext)).get(0);
  }

  /** Encrypts at most 1000 plaintexts, in order; all of them or none. */
  public List<CipherOutput> encryptAll(String keyring, List<CipherInput> plaintexts) {
    return calls.await(encryptAllAsync(keyring, plaintexts));
  }

  /** {@link #encryptAll} without blocking. */
  public CompletableFuture<List<CipherOutput>> encryptAllAsync(
      String keyring, List<CipherInput> plaintexts) {
    EncryptRequest.Builder request = EncryptRequest.newBuilder().setKeyring(keyring);
    plaintexts.forEach(input -> request.addItems(Wire.encryptItem(input)));
    return calls
        .encrypt(request.build())
        .map(answer -> answer.getResultsList().stream().map(Wire::encrypted).toList());
  }

  /**
   * Decrypts one ciphertext under the key that it names.
   *
   * @throws LatchkeyException {@code INVALID_REQUEST} when it, or its associated data, is not what
   *     was encrypted
   */
  public CipherOutput decrypt(String keyring, CipherInput ciphertext) {
    return decryptAll(keyring, List.of(ciphertext)).get(0).orThrow();
  }

  /**
   * Decrypts at most 1000 ciphertexts, in order; a failure of one stands beside the plaintexts of
   * the others.
   */
  public List<Outcome<CipherOutput>> decryptAll(String keyring, List<CipherInput> ciphertexts) {
    return calls.await(decryptAllAsync(keyring, ciphertexts));
  }

  /** {@link #decryptAll} without blocking. */
  public CompletableFuture<List<Outcome<CipherOutput>>> decryptAllAsync(
      String keyring, List<CipherInput> ciphertexts) {
    DecryptRequest.Builder request = DecryptRequest.newBuilder().setKeyring(keyring);
    ciphertexts.forEach(input -> request.addItems(Wire.decryptItem(input)));
    return calls
        .decrypt(request.build())
        .map(answer -> answer.getResultsList().stream().map(Wire::decrypted).toList());
  }

  /**
   * Watches secrets and keeps a copy of them, until it or the client is closed.
   *
   * <p>Returns at once; the agent need not be there yet. A refusal does not end the watch either:
   * the listener is told by {@link WatchListener#disconnected} and the watch asks again.
   *
   * @throws LatchkeyException {@code CLOSED} when the client is closed
   */
  public Watch watch(WatchRequest request, WatchListener listener) {
    Surroundings surroundings =
        new Surroundings(
            Surroundings.systemClock(),
            Surroundings.timers(timer),
            () -> ThreadLocalRandom.current().nextLong(),
            callbacks);
    return watch(request, listener, surroundings);
  }

  Watch watch(WatchRequest request, WatchListener listener, Surroundings surroundings) {
    AgentWatch[] self = new AgentWatch[1];
    AgentWatch watch =
        new AgentWatch(
            request, listener, calls, surroundings, reconnect, () -> watches.remove(self[0]));
    self[0] = watch;
    watches.add(watch);
    if (closed) {
      watch.close();
      throw new LatchkeyException(LatchkeyException.Reason.CLOSED, "The client is closed");
    }
    watch.connect();
    return watch;
  }

  /**
   * Ends the watches and the calls under way, then the client's threads. Idempotent; returns after
   * at most six seconds, and at once when nothing hangs. A channel that was given to the builder
   * stays open.
   */
  @Override
  public void close() {
    closed = true;
    List.copyOf(watches).forEach(Watch::close);
    timer.shutdownNow();
    if (own != null) {
      own.close();
    }
    callbacks.shutdown();
    if (Thread.currentThread().getName().startsWith("latchkey-client")) {
      return;
    }
    try {
      callbacks.awaitTermination(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String addPage(dev.latchkey.v1.ListSecretsResponse page, List<SecretSummary> all) {
    page.getSecretsList().forEach(summary -> all.add(Wire.summary(summary)));
    return page.getNextPageToken();
  }
}
