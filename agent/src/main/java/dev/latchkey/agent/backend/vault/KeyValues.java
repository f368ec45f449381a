package dev.latchkey.agent.backend.vault;

import dev.latchkey.agent.backend.BackendRead;
import dev.latchkey.agent.secret.Lifetime;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
import io.github.jopenlibs.vault.json.Json;
import io.github.jopenlibs.vault.json.JsonArray;
import io.github.jopenlibs.vault.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/** The key-value engine with versions. Safe for use by several threads. */
final class KeyValues {

  private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,17}");

  private final AuthorisedCalls calls;

  KeyValues(AuthorisedCalls calls) {
    this.calls = calls;
  }

  /** Reads the newest version, or the one asked for. */
  BackendRead read(Mount mount, String full, Optional<String> version) {
    VaultRequest newest = VaultRequest.lookUp(at(mount, "data", full));
    VaultRequest request = version.map(text -> newest.version(number(full, text))).orElse(newest);
    return of(full, request, calls.ask(request));
  }

  private static BackendRead of(String full, VaultRequest request, Answer answer) {
    return switch (answer) {
      case Answer.Done done -> found(full, done.body()).orElseThrow(() -> misshapen(full));
      case Answer.Refused refused when refused.status() == 404 -> throw missing(full, refused);
      case Answer.Refused refused -> throw Failures.of(request, refused);
    };
  }

  /** The version that {@code body} holds, if it has the shape of this engine's answers. */
  static Optional<BackendRead> found(String full, JsonObject body) {
    Optional<JsonObject> outer = ServerText.object(body, "data");
    Optional<JsonObject> fields = outer.flatMap(data -> ServerText.object(data, "data"));
    Optional<JsonObject> metadata = outer.flatMap(data -> ServerText.object(data, "metadata"));
    if (fields.isEmpty() || metadata.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new BackendRead(
            FieldEncoding.decode(full, fields.get(), Set.of()),
            Long.toString(ServerText.number(metadata.get(), "version")),
            new Lifetime.Unleased()));
  }

  /** Whether a refusal tells of a version that was deleted or destroyed. */
  static boolean tellsOfVersion(Answer.Refused refused) {
    return metadata(refused).isPresent();
  }

  private static Optional<JsonObject> metadata(Answer.Refused refused) {
    return ServerText.object(refused.body(), "data")
        .flatMap(data -> ServerText.object(data, "metadata"));
  }

  /** What a 404 of this engine says: destroyed, deleted or never there. */
  static SecretException missing(String full, Answer.Refused refused) {
    Optional<JsonObject> metadata = metadata(refused);
    if (metadata.isEmpty()) {
      return SecretException.of(
          Reason.NOT_FOUND,
          full + " has no such version; put it, or, where it has a rotation, latchkey rotate");
    }
    String version = "version " + ServerText.number(metadata.get(), "version") + " of " + full;
    return ServerText.flag(metadata.get(), "destroyed")
        ? SecretException.of(Reason.VERSION_DESTROYED, version + " was destroyed")
        : SecretException.of(
            Reason.NOT_FOUND, version + " was deleted; undelete it, or put another");
  }

  /** Writes a version; {@code expected} as {@link dev.latchkey.agent.backend.Writable} has it. */
  String put(Mount mount, String full, SecretContent content, Optional<String> expected) {
    JsonObject body = new JsonObject().add("data", FieldEncoding.encode(content));
    expected.ifPresent(
        text -> body.add("options", new JsonObject().add("cas", expectedNumber(full, text))));
    VaultRequest request = VaultRequest.write(at(mount, "data", full), body);
    return switch (calls.ask(request)) {
      case Answer.Done done ->
          ServerText.object(done.body(), "data")
              .map(data -> Long.toString(ServerText.number(data, "version")))
              .orElseThrow(() -> misshapen(full));
      case Answer.Refused refused
          when ServerText.says(refused.body(), "did not match the current version") ->
          throw conflict(full);
      case Answer.Refused refused -> throw Failures.of(request, refused);
    };
  }

  private static long expectedNumber(String full, String text) {
    return text.isEmpty() ? 0 : parsed(text).orElseThrow(() -> conflict(full));
  }

  private static SecretException conflict(String full) {
    return SecretException.of(
        Reason.CONFLICT, full + ": another version is the newest than the one expected");
  }

  /** The newest version, deleted and destroyed ones included; empty when there never was one. */
  String newest(Mount mount, String full) {
    VaultRequest request = VaultRequest.read(at(mount, "data", full));
    return switch (calls.ask(request)) {
      case Answer.Done done ->
          ServerText.object(done.body(), "data")
              .flatMap(data -> ServerText.object(data, "metadata"))
              .map(metadata -> Long.toString(ServerText.number(metadata, "version")))
              .orElseThrow(() -> misshapen(full));
      case Answer.Refused refused when refused.status() == 404 ->
          metadata(refused)
              .map(metadata -> Long.toString(ServerText.number(metadata, "version")))
              .orElse("");
      case Answer.Refused refused -> throw Failures.of(request, refused);
    };
  }

  /** Deletes versions, the newest where none is named; {@link #undelete} brings them back. */
  void delete(Mount mount, String full, List<String> versions) {
    if (versions.isEmpty()) {
      calls.done(VaultRequest.delete(at(mount, "data", full)));
    } else {
      change(mount, "delete", full, versions);
    }
  }

  /** Brings deleted versions back. */
  void undelete(Mount mount, String full, List<String> versions) {
    change(mount, "undelete", full, versions);
  }

  /** Ends versions for good. */
  void destroy(Mount mount, String full, List<String> versions) {
    change(mount, "destroy", full, versions);
  }

  private void change(Mount mount, String how, String full, List<String> versions) {
    JsonArray numbers = new JsonArray();
    versions.forEach(text -> numbers.add(Json.value(named(text))));
    boolean ends = how.equals("destroy");
    versions.forEach(text -> requireThere(mount, full, named(text), ends));
    calls.done(VaultRequest.write(at(mount, how, full), new JsonObject().add("versions", numbers)));
  }

  /** The server tells success of versions too that never were, or that nothing brings back. */
  private void requireThere(Mount mount, String full, long version, boolean orDestroyed) {
    VaultRequest request = VaultRequest.lookUp(at(mount, "data", full)).version(version);
    switch (calls.ask(request)) {
      case Answer.Done done -> {}
      case Answer.Refused refused when refused.status() == 404 -> {
        Optional<JsonObject> metadata = metadata(refused);
        boolean gone = metadata.filter(data -> ServerText.flag(data, "destroyed")).isPresent();
        if (metadata.isEmpty() || (gone && !orDestroyed)) {
          throw missing(full, refused);
        }
      }
      case Answer.Refused refused -> throw Failures.of(request, refused);
    }
  }

  private static long named(String text) {
    return parsed(text)
        .orElseThrow(
            () -> SecretException.invalid("versions", "must be numbers of versions, such as 3"));
  }

  private static String at(Mount mount, String below, String full) {
    return mount.path() + below + "/" + mount.rest(full);
  }

  /** The server takes 0 for the newest and refuses text, and neither is a version's name. */
  private static long number(String full, String text) {
    return parsed(text)
        .orElseThrow(() -> SecretException.of(Reason.NOT_FOUND, full + " has no such version"));
  }

  private static OptionalLong parsed(String text) {
    return VERSION.matcher(text).matches()
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  private static SecretException misshapen(String full) {
    return SecretException.of(
        Reason.UNAVAILABLE, full + ": the answer is not one of a key-value engine");
  }
}
