package dev.latchkey.agent.config;

import dev.latchkey.agent.config.KeyringSettings.Own;
import dev.latchkey.agent.config.KeyringSettings.Transit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads who keeps the keyrings. What is wrong with one is noted. */
final class KeyringReader {

  private static final Pattern KEY = Pattern.compile("\\w(([\\w.-]+)?\\w)?");

  private final Section root;
  private final Map<String, BackendSettings> backends;
  private final Map<List<String>, String> owners = new HashMap<>();

  KeyringReader(Section root, Map<String, BackendSettings> backends) {
    this.root = root;
    this.backends = backends;
  }

  Map<String, KeyringSettings> keyrings() {
    Map<String, KeyringSettings> keyrings = new LinkedHashMap<>();
    root.named("keyrings")
        .forEach(
            (name, section) ->
                keyrings.put(name, section.has("backend") ? transit(name, section) : own(section)));
    return keyrings;
  }

  private static Own own(Section section) {
    for (String key : List.of("mount", "key", "derived")) {
      if (section.has(key)) {
        section.problem(key, "belongs to a keyring that a backend of type vault keeps");
      }
    }
    return new Own();
  }

  private Transit transit(String name, Section section) {
    String backend = section.text("backend");
    Transit transit =
        new Transit(
            backend,
            section.optionalText("mount").orElse("transit").replaceFirst("/$", ""),
            section.optionalText("key").orElse(name),
            section.truth("derived"));
    if (!backends.containsKey(backend)) {
      section.problem(
          "backend",
          "there is no backend \"" + backend + "\"; " + Nearest.hint(backend, backends.keySet()));
    } else if (!(backends.get(backend) instanceof BackendSettings.Vault)) {
      section.problem(
          "backend", "keeps no keys; leave it out, and the agent keeps them in its state store");
    }
    if (!KEY.matcher(transit.key()).matches()) {
      section.problem("key", "is missing; \"" + name + "\" cannot be the name of a key of Vault");
    }
    String other = owners.putIfAbsent(List.of(backend, transit.mount(), transit.key()), name);
    if (other != null) {
      section.problem(
          "key", "is that of the keyring " + other + "; each would open what the other sealed");
    }
    return transit;
  }
}
