package dev.latchkey.agent.backend;

import dev.latchkey.agent.secret.SecretContent;
import java.util.Optional;

class FakeBackendTest extends BackendContract {

  private final FakeBackend fake = new FakeBackend();

  @Override
  protected Backend backend() {
    return fake;
  }

  @Override
  protected void seed(String path, SecretContent content) {
    fake.put(path, content, Optional.empty());
  }
}
