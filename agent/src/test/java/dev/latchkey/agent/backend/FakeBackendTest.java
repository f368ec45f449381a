package dev.latchkey.agent.backend;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretContent;
import dev.latchkey.agent.secret.SecretException;
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

  @Override
  protected Optional<Breakable> breakable() {
    Faulty faulty = new Faulty(fake.with("a", "one"));
    return Optional.of(
        new Breakable() {
          @Override
          public Backend backend() {
            return faulty;
          }

          @Override
          public void goDown() {
            faulty.goDown();
          }

          @Override
          public void hang() {
            faulty.hang();
          }

          @Override
          public void deny() {
            faulty.failWith(SecretException.of(Reason.BACKEND_REFUSED, "denied"));
          }

          @Override
          public void heal() {
            faulty.heal();
            faulty.release();
          }

          @Override
          public int calls() {
            return faulty.calls();
          }
        });
  }
}
