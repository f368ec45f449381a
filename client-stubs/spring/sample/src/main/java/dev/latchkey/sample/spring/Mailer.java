package dev.latchkey.sample.spring;

import dev.latchkey.client.Credential;
import dev.latchkey.client.placeholder.ReferencedSecrets;
import dev.latchkey.spring.LatchkeyChangedEvent;
import org.springframework.context.event.EventListener;

/** Begins with the settings, and takes a new login when it is told that there is one. */
class Mailer {

  private final ReferencedSecrets secrets;
  private volatile String login;

  Mailer(MailSettings settings, ReferencedSecrets secrets) {
    login = settings.username() + " " + settings.password();
    this.secrets = secrets;
  }

  @EventListener
  void changed(LatchkeyChangedEvent event) {
    if (event.properties().contains("mail.password")) {
      // Both fields of one version, whatever changes meanwhile.
      Credential mail = secrets.credential(event.secret());
      login = mail.text("username") + " " + mail.text("password");
    }
  }

  /** What it would log in with. */
  String login() {
    return login;
  }
}
