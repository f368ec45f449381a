package dev.latchkey.agent.wiring;

import dev.latchkey.agent.config.AgentConfig;
import dev.latchkey.agent.config.Loaded;
import dev.latchkey.agent.config.Problem;
import dev.latchkey.agent.management.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    return "The configuration is right: %d secrets, %d mounts, %d targets, %d keyrings, %d policies."
        .formatted(
            config.secrets().size(),
            config.mounts().size(),
            config.targets().size(),
            config.keyrings().size(),
            config.policies().size());
  }

  private static Map<String, Object> tree(AgentConfig config) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("valid", true);
    tree.put("problems", List.of());
    tree.put("secrets", config.secrets().size());
    tree.put("mounts", config.mounts().size());
    tree.put("targets", config.targets().size());
    tree.put("keyrings", config.keyrings().size());
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
