package dev.latchkey.agent.event;

import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;

/** Something that happened and that an operator should know. No event holds a value. */
public sealed interface AgentEvent {

  /** How loud the event is. */
  enum Severity {
    INFO,
    WARNING,
    ERROR
  }

  Severity severity();

  /** One safe sentence: what happened and, where something is to be done, what. */
  String message();

  /** Sessions of a retired login were still open although every holder had acknowledged. */
  record SessionsEndedAtRetirement(SecretName secret, String login, int sessions)
      implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.ERROR;
    }

    @Override
    public String message() {
      return secret
          + ": ended "
          + sessions
          + " sessions of the retired login "
          + login
          + " although every holder had acknowledged; a consumer acknowledges before it has"
          + " drained";
    }
  }

  /** A rotation cannot go on until somebody acts. */
  record RotationBlocked(SecretName secret, String why, String whatToDo) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.WARNING;
    }

    @Override
    public String message() {
      return secret + ": rotation blocked: " + why + "; " + whatToDo;
    }
  }

  /** A rotation ended without success; what was current stays. */
  record RotationFailed(SecretName secret, String step, String why) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.ERROR;
    }

    @Override
    public String message() {
      return secret
          + ": rotation failed at "
          + step
          + ": "
          + why
          + "; the current credential stays";
    }
  }

  /** A rotation was completed. */
  record RotationPublished(SecretName secret, String login, long version) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.INFO;
    }

    @Override
    public String message() {
      return secret + ": version " + version + " published, login " + login;
    }
  }

  /** The wall clock jumped, and every schedule was planned again. */
  record ClockJumped(Duration by) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.WARNING;
    }

    @Override
    public String message() {
      return "the clock jumped by " + by + "; every schedule was planned again";
    }
  }

  /** A backend could not be read, and what is held is served. */
  record ServingStale(SecretName secret, String why) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.WARNING;
    }

    @Override
    public String message() {
      return secret + ": served stale: " + why;
    }
  }
}
