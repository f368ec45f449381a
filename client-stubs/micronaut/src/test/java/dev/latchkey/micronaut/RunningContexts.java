package dev.latchkey.micronaut;

import dev.latchkey.client.placeholder.FakeAgent;
import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.PropertySource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Contexts that a test starts with a fake agent; closed after it. */
abstract class RunningContexts {

  static final String PASSWORD = "${latchkey:orders-db#password}";

  @TempDir Path directory;
  FakeAgent agent;
  final List<ApplicationContext> contexts = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    agent = new FakeAgent(directory.resolve("agent.sock"));
  }

  @AfterEach
  void stop() throws Exception {
    contexts.forEach(ApplicationContext::close);
    agent.close();
  }

  ApplicationContext run(PropertySource... sources) {
    ApplicationContext context =
        ApplicationContext.builder()
            .properties(Map.of("latchkey.socket", agent.socket().toString()))
            .propertySources(sources)
            .build();
    contexts.add(context);
    return context.start();
  }

  /** The context of these properties, name and value by turns. */
  ApplicationContext run(String... properties) {
    return run(PropertySource.of("test", map(properties), 10));
  }

  static Map<String, Object> map(String... properties) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < properties.length; i += 2) {
      map.put(properties[i], properties[i + 1]);
    }
    return map;
  }

  static String read(ApplicationContext context, String name) {
    return context.getEnvironment().getProperty(name, String.class).orElse("none");
  }
}
