package dev.latchkey.agent.management;

import dev.latchkey.agent.lifecycle.ComponentHealth;
import dev.latchkey.agent.readiness.Readiness;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A judgement of readiness as JSON. */
final class ReportJson {

  private ReportJson() {}

  static String of(Readiness.Report report) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("ready", report.ready());
    tree.put("health", word(report.level()));
    tree.put("secrets", report.secrets().stream().map(ReportJson::secret).toList());
    tree.put("components", report.components().stream().map(ReportJson::component).toList());
    return Json.write(tree) + "\n";
  }

  private static Map<String, Object> secret(Readiness.SecretHealth secret) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", secret.name().text());
    tree.put("required", secret.required());
    tree.put("condition", word(secret.condition()));
    tree.put("reason", secret.reason());
    return tree;
  }

  private static Map<String, Object> component(ComponentHealth component) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", component.component());
    tree.put("health", word(component.level()));
    tree.put("reason", component.reason());
    return tree;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
