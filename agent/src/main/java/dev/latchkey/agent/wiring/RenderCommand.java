package dev.latchkey.agent.wiring;

import dev.latchkey.agent.config.AgentConfig;
import dev.latchkey.agent.config.Loaded;
import dev.latchkey.agent.inject.Delivery;
import dev.latchkey.agent.inject.TemplateFormat;
import dev.latchkey.agent.inject.template.Template;
import dev.latchkey.agent.management.Json;
import dev.latchkey.agent.secret.SecretName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Checks templates against what is declared, without a value and without an agent. */
final class RenderCommand {

  private RenderCommand() {}

  static int run(Arguments arguments) throws Arguments.Wrong {
    if (!arguments.check()) {
      throw new Arguments.Wrong("render only checks templates; add --check");
    }
    return switch (Configuration.read(arguments)) {
      case Loaded.Accepted accepted -> check(arguments, accepted.config());
      case Loaded.Refused refused -> {
        Configuration.print(refused);
        yield Configuration.code(refused);
      }
    };
  }

  private static int check(Arguments arguments, AgentConfig config) throws Arguments.Wrong {
    List<Template> ofFiles = ofFiles(config);
    if (arguments.operands().isEmpty() && ofFiles.isEmpty()) {
      throw new Arguments.Wrong(
          "render --check needs the templates to check; the configuration names none under files:");
    }
    TemplateCheck check = new TemplateCheck(config);
    List<Template> templates = new ArrayList<>();
    for (String file : arguments.operands()) {
      check.file(file).ifPresent(templates::add);
    }
    for (Template template : ofFiles) {
      check.template(template);
      templates.add(template);
    }
    List<TemplateCheck.Problem> problems = check.problems();
    if (arguments.json()) {
      System.out.println(Json.write(tree(templates, problems)));
    } else if (problems.isEmpty()) {
      System.out.println(words(templates));
    } else {
      problems.forEach(System.err::println);
    }
    return problems.isEmpty() ? Main.OK : Main.WRONG_USAGE;
  }

  /** Those that the configuration names; they compiled when it was read. */
  private static List<Template> ofFiles(AgentConfig config) {
    Map<String, Template> byFile = new TreeMap<>();
    config.files().stream()
        .flatMap(delivery -> delivery.entries().stream())
        .map(Delivery.Entry::format)
        .forEach(
            format -> {
              if (format instanceof TemplateFormat made) {
                byFile.put(made.template().name(), made.template());
              }
            });
    return List.copyOf(byFile.values());
  }

  private static String words(List<Template> templates) {
    Set<SecretName> secrets = new TreeSet<>();
    templates.forEach(template -> secrets.addAll(template.dependencies()));
    return "The templates are right: %d, from %s."
        .formatted(templates.size(), Count.of(secrets.size(), "secret", "secrets"));
  }

  private static Map<String, Object> tree(
      List<Template> templates, List<TemplateCheck.Problem> problems) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("valid", problems.isEmpty());
    tree.put("problems", problems.stream().map(RenderCommand::tree).toList());
    tree.put("templates", templates.stream().map(RenderCommand::tree).toList());
    return tree;
  }

  private static Map<String, Object> tree(TemplateCheck.Problem problem) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("file", problem.file());
    tree.put("line", problem.line());
    tree.put("column", problem.column());
    tree.put("message", problem.message());
    return tree;
  }

  private static Map<String, Object> tree(Template template) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("file", template.name());
    tree.put("secrets", template.dependencies().stream().map(SecretName::text).toList());
    return tree;
  }
}
