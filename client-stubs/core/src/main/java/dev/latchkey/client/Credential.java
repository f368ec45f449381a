package dev.latchkey.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A secret's value as the agent served it, with everything needed to judge it.
 *
 * <p>Immutable and safe for any thread. {@link #toString} tells the name, the state and the names
 * of the fields, never a value; {@link #equals} compares name and state only, so that no comparison
 * walks over secret bytes.
 */
public final class Credential {

  /** The bound assumed where the agent states none: one hour, which is the agent's own default. */
  public static final Duration DEFAULT_MAX_STALE = Duration.ofHours(1);

  private final String name;
  private final StateId state;
  private final String backendVersion;
  private final Map<String, byte[]> fields;
  private final @Nullable Instant issuedAt;
  private final @Nullable Instant expiresAt;
  private final @Nullable Instant previousValidUntilAt;
  private final boolean renewable;
  private final boolean stale;
  private final Duration age;
  private final long rolledBackFrom;
  private final Duration maxStale;

  private Credential(Builder builder) {
    name = builder.name;
    state = builder.state;
    backendVersion = builder.backendVersion;
    fields = new TreeMap<>(builder.fields);
    issuedAt = builder.issuedAt;
    expiresAt = builder.expiresAt;
    previousValidUntilAt = builder.previousValidUntilAt;
    renewable = builder.renewable;
    stale = builder.stale;
    age = builder.age;
    rolledBackFrom = builder.rolledBackFrom;
    maxStale = builder.maxStale;
  }

  /** Begins a credential by hand, for an application's own tests. */
  public static Builder builder(String name, StateId state) {
    return new Builder(name, state);
  }

  /** The name under which the agent's configuration declares the secret. */
  public String name() {
    return name;
  }

  /** Which state this is. */
  public StateId state() {
    return state;
  }

  /**
   * The secret manager's own name for this version; empty when it has none. Opaque, never to be
   * ordered.
   */
  public String backendVersion() {
    return backendVersion;
  }

  /** The names of the fields, sorted; empty when only metadata was asked for. */
  public Set<String> fieldNames() {
    return Set.copyOf(fields.keySet());
  }

  /**
   * A field's value as UTF-8 text.
   *
   * @throws LatchkeyException with {@link LatchkeyException.Reason#NOT_FOUND} when there is no such
   *     field
   */
  public String text(String field) {
    return new String(required(field), StandardCharsets.UTF_8);
  }

  /** A field's value as UTF-8 text, or nothing when there is no such field. */
  public Optional<String> findText(String field) {
    return Optional.ofNullable(fields.get(field)).map(v -> new String(v, StandardCharsets.UTF_8));
  }

  /**
   * A copy of a field's bytes, which the caller owns and may overwrite.
   *
   * @throws LatchkeyException with {@link LatchkeyException.Reason#NOT_FOUND} when there is no such
   *     field
   */
  public byte[] bytes(String field) {
    return required(field).clone();
  }

  /** When the credential was issued; empty when the backend does not say. */
  public Optional<Instant> issuedAt() {
    return Optional.ofNullable(issuedAt);
  }

  /** When the credential ends; empty when it has no lease. */
  public Optional<Instant> expiresAt() {
    return Optional.ofNullable(expiresAt);
  }

  /** Until when the target still accepts the version before this one; empty when there is none. */
  public Optional<Instant> previousValidUntilAt() {
    return Optional.ofNullable(previousValidUntilAt);
  }

  /** Whether the lease can be extended without a new value. */
  public boolean renewable() {
    return renewable;
  }

  /** Whether the agent served it although the backend could not confirm it in time. */
  public boolean stale() {
    return stale;
  }

  /** How long before this answer the backend last confirmed the value. */
  public Duration age() {
    return age;
  }

  /**
   * The version whose content a rollback made current again; 0 when no rollback made this version.
   */
  public long rolledBackFrom() {
    return rolledBackFrom;
  }

  /**
   * For how long a copy of this may be served after the last contact with the agent, and one that
   * came {@link #stale} after the backend confirmed it.
   */
  public Duration maxStale() {
    return maxStale;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Credential that && name.equals(that.name) && state.equals(that.state);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, state);
  }

  @Override
  public String toString() {
    return "Credential[" + name + ", " + state + ", fields " + fields.keySet() + " redacted]";
  }

  private byte[] required(String field) {
    byte[] value = fields.get(field);
    if (value == null) {
      throw new LatchkeyException(
          LatchkeyException.Reason.NOT_FOUND,
          "The secret " + name + " has no field \"" + field + "\"; it has " + fields.keySet());
    }
    return value;
  }

  /**
   * Collects the parts of a credential. Not safe for several threads; what it is given is copied.
   */
  public static final class Builder {

    private final String name;
    private final StateId state;
    private final Map<String, byte[]> fields = new LinkedHashMap<>();
    private String backendVersion = "";
    private @Nullable Instant issuedAt;
    private @Nullable Instant expiresAt;
    private @Nullable Instant previousValidUntilAt;
    private boolean renewable;
    private boolean stale;
    private Duration age = Duration.ZERO;
    private long rolledBackFrom;
    private Duration maxStale = DEFAULT_MAX_STALE;

    private Builder(String name, StateId state) {
      this.name = Objects.requireNonNull(name, "name");
      this.state = Objects.requireNonNull(state, "state");
    }

    /** Adds a field of UTF-8 text. */
    public Builder text(String field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds a field of bytes, copied. */
    public Builder bytes(String field, byte[] value) {
      fields.put(Objects.requireNonNull(field, "field"), value.clone());
      return this;
    }

    /** Sets {@link Credential#backendVersion}. */
    public Builder backendVersion(String value) {
      backendVersion = Objects.requireNonNull(value, "backendVersion");
      return this;
    }

    /** Sets {@link Credential#issuedAt}. */
    public Builder issuedAt(Instant value) {
      issuedAt = value;
      return this;
    }

    /** Sets {@link Credential#expiresAt}. */
    public Builder expiresAt(Instant value) {
      expiresAt = value;
      return this;
    }

    /** Sets {@link Credential#previousValidUntilAt}. */
    public Builder previousValidUntilAt(Instant value) {
      previousValidUntilAt = value;
      return this;
    }

    /** Sets {@link Credential#renewable}. */
    public Builder renewable(boolean value) {
      renewable = value;
      return this;
    }

    /** Sets {@link Credential#stale} and {@link Credential#age}. */
    public Builder freshness(boolean isStale, Duration sinceConfirmed) {
      stale = isStale;
      age = Objects.requireNonNull(sinceConfirmed, "sinceConfirmed");
      return this;
    }

    /** Sets {@link Credential#rolledBackFrom}. */
    public Builder rolledBackFrom(long version) {
      rolledBackFrom = version;
      return this;
    }

    /** Sets {@link Credential#maxStale}. */
    public Builder maxStale(Duration value) {
      maxStale = Objects.requireNonNull(value, "maxStale");
      return this;
    }

    /** The credential. */
    public Credential build() {
      return new Credential(this);
    }
  }
}
