package dev.latchkey.agent.wiring;

import dev.latchkey.agent.config.AgentConfig;
import dev.latchkey.agent.config.Loaded;
import dev.latchkey.agent.config.Problem;
import dev.latchkey.agent.management.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Checks the configuration and says what it declares. */
final class ValidateCommand {

  private ValidateCommand() {}

  static int run(Arguments arguments) throws Arguments.Wrong {
    return switch (Configuration.read(arguments.configAsOperand())) {
      case Loaded.Accepted accepted -> {
        System.out.println(
            arguments.json() ? Json.write(tree(accepted.config())) : words(accepted.config()));
        yield Main.OK;
      }
      case Loaded.Refused refused -> {
        if (arguments.json()) {
          System.out.println(Json.write(tree(refused)));
        } else {
          Configuration.print(refused);
        }
        yield Configuration.code(refused);
      }
    };
  }

  private static String words(AgentConfig config) {
    return "The configuration is right: "
        + Stream.of(
                Count.of(config.secrets().size(), "secret", "secrets"),
                rotations(config) + " of them rotated",
                Count.of(config.mounts().size(), "mount", "mounts"),
                Count.of(config.targets().size(), "target", "targets"),
                Count.of(config.keyrings().size(), "keyring", "keyrings"),
                Count.of(config.files().size(), "delivery", "deliveries") + " of files",
                Count.of(config.policies().size(), "policy", "policies"))
            .collect(Collectors.joining(", "))
        + ".";
  }

  private static long rotations(AgentConfig config) {
    return config.secrets().stream().filter(secret -> secret.rotation().isPresent()).count();
  }

  private static Map<String, Object> tree(AgentConfig config) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("valid", true);
    tree.put("problems", List.of());
    tree.put("secrets", config.secrets().size());
    tree.put("mounts", config.mounts().size());
    tree.put("targets", config.targets().size());
    tree.put("keyrings", config.keyrings().size());
    tree.put("rotations", rotations(config));
    tree.put("files", config.files().size());
    tree.put("policies", config.policies().size());
    return tree;
  }

  private static Map<String, Object> tree(Loaded.Refused refused) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("valid", false);
    tree.put("problems", refused.problems().stream().map(ValidateCommand::tree).toList());
    return tree;
  }

  private static Map<String, Object> tree(Problem problem) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("file", problem.file());
    tree.put("line", problem.line());
    tree.put("key", problem.key());
    tree.put("message", problem.message());
    return tree;
  }
}
