package dev.latchkey.spring;

import dev.latchkey.client.placeholder.FakeAgent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** Applications that a test runs with a fake agent; closed after it. */
abstract class RunningApplications {

  @TempDir Path directory;
  FakeAgent agent;
  final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    agent = new FakeAgent(directory.resolve("agent.sock"));
  }

  @AfterEach
  void stop() throws Exception {
    contexts.forEach(ConfigurableApplicationContext::close);
    agent.close();
  }

  /** Runs an application with these properties, name and value by turns. */
  ConfigurableApplicationContext run(Class<?> application, String... properties) {
    List<String> arguments = new ArrayList<>(List.of("--latchkey.socket=" + agent.socket()));
    for (int i = 0; i < properties.length; i += 2) {
      arguments.add("--" + properties[i] + "=" + properties[i + 1]);
    }
    SpringApplication spring = new SpringApplication(application);
    spring.setWebApplicationType(WebApplicationType.NONE);
    ConfigurableApplicationContext context = spring.run(arguments.toArray(String[]::new));
    contexts.add(context);
    return context;
  }
}
