package dev.latchkey.client.placeholder;

import dev.latchkey.client.AgentSocket;
import dev.latchkey.client.Credential;
import dev.latchkey.client.LatchkeyClient;
import dev.latchkey.client.LatchkeyException;
import dev.latchkey.client.LatchkeyException.Reason;
import dev.latchkey.client.WatchRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The secrets that a configuration refers to, each followed by a watch from when it is first asked
 * for until this is closed.
 *
 * <p>A value is what the watch holds now, so a read after a change gives the new value. Connects at
 * the first read and not before. Safe for any thread; the reads block until the first value has
 * come, for at most the time limit.
 */
public final class WatchedSecrets implements ReferencedSecrets, AutoCloseable {

  /** How long the first value of a secret is waited for, unless something else is set. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  private final Supplier<LatchkeyClient> connect;
  private final Explanation explanation;
  private final Duration timeout;
  private final Map<String, FollowedSecret> followed = new ConcurrentHashMap<>();
  private final Set<String> changed = new LinkedHashSet<>();
  private final List<Teller> tellers = new CopyOnWriteArrayList<>();
  private final List<Later> others = new CopyOnWriteArrayList<>();
  private @Nullable LatchkeyClient client;
  private boolean closed;

  /**
   * The secrets of the agent at {@code socket}, or where {@link AgentSocket#find} finds it.
   *
   * @throws LatchkeyException {@code INVALID_REQUEST} when the timeout is not positive
   */
  public static WatchedSecrets at(Optional<Path> socket, Duration timeout) {
    Path path = socket.orElseGet(AgentSocket::find);
    return new WatchedSecrets(
        () -> LatchkeyClient.builder().socket(path).build(), path.toString(), timeout);
  }

  /** The secrets of the client that {@code connect} makes, which this closes. */
  WatchedSecrets(Supplier<LatchkeyClient> connect, String socket, Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new LatchkeyException(
          Reason.INVALID_REQUEST, "latchkey.timeout is not positive; a minute is 60s");
    }
    this.connect = connect;
    this.timeout = timeout;
    explanation = new Explanation(socket, timeout);
  }

  /**
   * Waits until everything referred to can be read, all of it together and no longer than the time
   * limit.
   *
   * @param wanted the references, each with the property that it stands in
   * @throws LatchkeyException with the reason of the first that cannot be read; its message names
   *     every property, secret and field that cannot, why, and what to do
   */
  public void require(Map<SecretReference, String> wanted) {
    wanted.keySet().forEach(reference -> follow(reference.secret()));
    long deadline = System.nanoTime() + timeout.toNanos();
    Map<SecretReference, LatchkeyException> failures = new LinkedHashMap<>();
    for (SecretReference reference : wanted.keySet()) {
      try {
        FollowedSecret secret = follow(reference.secret());
        secret.await(deadline);
        decode(secret.current(), reference.field());
      } catch (LatchkeyException failure) {
        failures.put(reference, failure);
      }
    }
    if (!failures.isEmpty()) {
      throw explanation.of(failures, wanted);
    }
  }

  /**
   * A field's value now.
   *
   * @throws LatchkeyException as {@link #credential}; {@code NOT_FOUND} when the secret has no such
   *     field, {@code INVALID_REQUEST} when its bytes are not UTF-8
   */
  public String text(SecretReference reference) {
    try {
      return decode(held(reference.secret()), reference.field());
    } catch (LatchkeyException failure) {
      throw explanation.of(reference, failure);
    }
  }

  @Override
  public Credential credential(String secret) {
    return held(secret);
  }

  @Override
  public Registration onChange(Consumer<String> listener) {
    Step step = Step.forEach("tell a listener of the application", listener);
    return follow(List.of(step), () -> PropertyTexts.of(Map.of(), name -> false));
  }

  /**
   * Has {@code steps} done for each secret whose version changes after it was first read, also for
   * those that changed before.
   *
   * <p>Each is done in its turn on one thread of their own; one that fails is tried again until it
   * succeeds, and those behind it are done again then.
   *
   * @param texts the properties of the configuration, as they are whenever it is asked; all that
   *     they refer to has to be readable for a step that needs all
   */
  public Registration follow(List<Step> steps, Supplier<PropertyTexts> texts) {
    Teller teller = new Teller(steps, texts, this::unreadable, Later.onThread("latchkey-changes"));
    Set<String> before;
    synchronized (this) {
      if (closed) {
        teller.close();
        return teller;
      }
      tellers.add(teller);
      before = Set.copyOf(changed);
    }
    teller.changed(before);
    return () -> {
      tellers.remove(teller);
      teller.close();
    };
  }

  /**
   * Why some of these references cannot be read now, if it is so; waits for nothing.
   *
   * @param wanted the references, each with the property that it stands in
   */
  public Optional<LatchkeyException> unreadable(Map<SecretReference, String> wanted) {
    Map<SecretReference, LatchkeyException> failures = failures(wanted.keySet());
    return failures.isEmpty() ? Optional.empty() : Optional.of(explanation.of(failures, wanted));
  }

  /**
   * Has {@code forget} done, within a second, whenever something that could be read cannot be read
   * any more, and once more a second later: for a framework that caches values and would give them
   * for ever. What it throws ends nothing.
   */
  public Registration whenUnreadable(Supplier<PropertyTexts> texts, Runnable forget) {
    Later later = Later.onThread("latchkey-bounds");
    synchronized (this) {
      if (closed) {
        later.close();
        return later::close;
      }
      others.add(later);
    }
    new Bounds(() -> failures(texts.get().references().keySet()).keySet(), forget, later).begin();
    return later::close;
  }

  private Map<SecretReference, LatchkeyException> failures(Set<SecretReference> wanted) {
    Map<SecretReference, LatchkeyException> failures = new LinkedHashMap<>();
    for (SecretReference reference : wanted) {
      try {
        decode(follow(reference.secret()).current(), reference.field());
      } catch (LatchkeyException failure) {
        failures.put(reference, failure);
      }
    }
    return failures;
  }

  /**
   * Ends the watches and the client, and drops what was told of changes, so that whoever still has
   * this holds nothing else by it. Idempotent.
   */
  @Override
  public void close() {
    LatchkeyClient last;
    synchronized (this) {
      closed = true;
      last = client;
      client = null;
    }
    tellers.forEach(Teller::close);
    tellers.clear();
    others.forEach(Later::close);
    others.clear();
    followed.clear();
    if (last != null) {
      last.close();
    }
  }

  /** Tells the names of the secrets, never a value. */
  @Override
  public String toString() {
    return "WatchedSecrets" + new java.util.TreeSet<>(followed.keySet());
  }

  private Credential held(String name) {
    FollowedSecret secret = follow(name);
    if (!secret.arrived()) {
      secret.await(System.nanoTime() + secret.patience());
    }
    return secret.current();
  }

  private FollowedSecret follow(String name) {
    FollowedSecret known = followed.get(name);
    return known != null ? known : begin(name);
  }

  private synchronized FollowedSecret begin(String name) {
    FollowedSecret known = followed.get(name);
    if (known != null) {
      return known;
    }
    if (closed) {
      throw new LatchkeyException(Reason.CLOSED, "The application context is closed");
    }
    if (client == null) {
      client = connect.get();
    }
    FollowedSecret fresh = new FollowedSecret(name, timeout, () -> changed(name), this::news);
    fresh.follow(client.watch(WatchRequest.of(name), fresh));
    followed.put(name, fresh);
    return fresh;
  }

  private void changed(String name) {
    synchronized (this) {
      changed.add(name);
    }
    tellers.forEach(teller -> teller.changed(Set.of(name)));
  }

  private void news() {
    tellers.forEach(Teller::news);
  }

  private static String decode(Credential credential, String field) {
    byte[] bytes = credential.bytes(field);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notText) {
      throw new LatchkeyException(
          Reason.INVALID_REQUEST,
          "The field \""
              + field
              + "\" of the secret "
              + credential.name()
              + " is not UTF-8 text, as a property must be; read its bytes with LatchkeyClient");
    }
  }
}
