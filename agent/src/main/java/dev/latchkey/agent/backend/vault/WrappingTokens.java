package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.backend.AskedTokens;
import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.secret.SecretValue;
import dev.latchkey.agent.time.TimeSource;
import io.github.jopenlibs.vault.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** Opens wrapping tokens that somebody delivers in files. Safe for use by several threads. */
final class WrappingTokens {

  /** More than any token has. */
  private static final int LIMIT = 64 << 10;

  /** So many letters of a digest stand for a token, and tell nothing of it. */
  private static final int LETTERS = 16;

  private static final String WHAT = "the wrapped secret";

  private final AuthorisedCalls calls;
  private final Optional<AskedTokens> asked;
  private final TimeSource time;

  /**
   * Opens none yet.
   *
   * @param asked remembers what was asked for; without it a lost answer looks like an interception
   */
  WrappingTokens(AuthorisedCalls calls, Optional<AskedTokens> asked, TimeSource time) {
    this.calls = calls;
    this.asked = asked;
    this.time = time;
  }

  Optional<BackendRead> open(Path file, Optional<String> createdAt, String opened) {
    Optional<SecretValue> token = token(file);
    if (token.isEmpty()) {
      return Optional.empty();
    }
    String mark = token.get().read(WrappingTokens::mark);
    if (mark.equals(opened)) {
      return Optional.empty();
    }
    boolean lost = asked.filter(tokens -> tokens.isUnanswered(file, mark)).isPresent();
    try {
      createdAt.ifPresent(path -> requireCreatedAt(token.get(), path));
      BackendRead read = lost ? open(token.get()) : openNoted(token.get(), file, mark);
      return Optional.of(new BackendRead(read.content(), mark, read.lifetime(), read.leaseId()));
    } catch (SecretException failure) {
      if (!isRefusal(failure)) {
        throw failure;
      }
      throw lost ? answerLost(file, mark, failure) : spent(file, mark, failure);
    }
  }

  /** Keeps that it asks before it does; a failure that shows what became of it ends that. */
  private BackendRead openNoted(SecretValue token, Path file, String mark) {
    asked.ifPresent(tokens -> tokens.asking(file, mark));
    try {
      return open(token);
    } catch (SecretException failure) {
      if (failure.nothingDone() || isRefusal(failure)) {
        asked.ifPresent(tokens -> tokens.answered(file, mark));
      }
      throw failure;
    }
  }

  /** What {@code token} wraps, which the server forgets by it. */
  BackendRead open(SecretValue token) {
    Instant askedAt = time.now();
    JsonObject answer = calls.unwrap(token);
    return KeyValues.found(WHAT, answer)
        .orElseGet(() -> Reads.of(new Mount("", Mount.Kind.OTHER), WHAT, answer, askedAt));
  }

  /** Whoever opened a token could wrap the same again, but at another path. */
  private void requireCreatedAt(SecretValue token, String wanted) {
    String text = token.read(bytes -> new String(bytes, StandardCharsets.US_ASCII));
    VaultRequest request =
        VaultRequest.write("sys/wrapping/lookup", new JsonObject().add("token", text)).as(token);
    String path =
        ServerText.object(calls.asItIs(request), "data")
            .map(data -> ServerText.text(data, "creation_path"))
            .orElse("");
    if (!path.equals(wanted) && !path.replaceFirst("/data/", "/").equals(wanted)) {
      throw SecretException.of(
          Reason.BACKEND_REFUSED, "it was wrapped at another path than " + wanted);
    }
  }

  private static boolean isRefusal(SecretException failure) {
    return switch (failure.reason()) {
      case INVALID_REQUEST, BACKEND_REFUSED, NOT_FOUND -> true;
      default -> false;
    };
  }

  /** No alarm: the agent itself is the likeliest to have opened it. */
  private static SecretException answerLost(Path file, String mark, SecretException why) {
    return SecretException.of(
        Reason.NOT_POSSIBLE_NOW,
        "the wrapping token "
            + mark
            + " in "
            + file
            + " was opened by this agent, as far as can be told, and the answer was lost; wrap anew"
            + " ("
            + why.safeMessage()
            + ")");
  }

  private static SecretException spent(Path file, String mark, SecretException why) {
    return SecretException.of(
        Reason.BACKEND_REFUSED,
        "the wrapping token "
            + mark
            + " in "
            + file
            + " is not good: it has expired, or somebody else has opened it; unless you know that"
            + " it expired, take what it wrapped for known to others, replace that, and wrap anew"
            + " ("
            + why.safeMessage()
            + ")");
  }

  private static Optional<SecretValue> token(Path file) {
    byte[] bytes = new byte[0];
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LIMIT);
      String text = new String(bytes, StandardCharsets.ISO_8859_1).strip();
      if (text.isEmpty() || text.chars().anyMatch(c -> c <= ' ' || c > '~')) {
        throw SecretException.of(
            Reason.NOT_POSSIBLE_NOW, file + " does not hold a wrapping token on one line");
      }
      return Optional.of(SecretValue.ofText(text));
    } catch (NoSuchFileException notYet) {
      return Optional.empty();
    } catch (IOException e) {
      throw SecretException.of(
          Reason.NOT_POSSIBLE_NOW, "the wrapping token in " + file + " cannot be read", e);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static String mark(byte[] token) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(token);
      return HexFormat.of().formatHex(digest).substring(0, LETTERS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is always there", e);
    }
  }
}
