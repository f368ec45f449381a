package dev.latchkey.sample.spring;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Starts the application, which ends when its process is told to. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(MailSettings.class)
@Import({Mailer.class, Page.class})
public class Main {

  /** Starts it; exits with a code other than 0 when a secret cannot be had. */
  public static void main(String[] arguments) {
    SpringApplication.run(Main.class, arguments);
  }
}
