package dev.latchkey.agent.event;

import dev.latchkey.agent.secret.SecretName;
import java.time.Duration;
import java.time.Instant;

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

  /** A lease will not be extended; its successor comes before it ends. */
  record RenewalRefused(SecretName secret, String why, Instant endsAt) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.WARNING;
    }

    @Override
    public String message() {
      return secret
          + ": the lease is not renewed any more: "
          + why
          + "; it is replaced before it ends at "
          + endsAt;
    }
  }

  /** The secret manager ended a lease before its time; a new one is asked for. */
  record LeaseLost(SecretName secret) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.WARNING;
    }

    @Override
    public String message() {
      return secret + ": the lease ended before it was renewed; a new one is asked for";
    }
  }

  /** A lease was granted, could not be kept, and could not be revoked either. */
  record LeaseUnknown(SecretName secret, String why) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.ERROR;
    }

    @Override
    public String message() {
      return secret
          + ": a lease was granted that could be neither kept nor revoked: "
          + why
          + "; it ends by itself";
    }
  }

  /** Leases are granted for less time than their overlap needs. */
  record LeaseTooShort(SecretName secret, Duration life, Duration overlap) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.WARNING;
    }

    @Override
    public String message() {
      return secret
          + ": a lease lives "
          + life
          + ", too short for an overlap of "
          + overlap
          + "; lengthen it at the secret manager or shorten lease.overlap";
    }
  }

  /** A wrapping token was opened by somebody else, or it expired. */
  record WrappingTokenSpent(SecretName secret, String why) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.ERROR;
    }

    @Override
    public String message() {
      return secret + ": " + why;
    }
  }

  /** A file that a login used up could not be deleted. */
  record LoginFileLeft(String file) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.WARNING;
    }

    @Override
    public String message() {
      return "the login worked, but its file "
          + file
          + " could not be deleted, which is tried again; delete it, or allow it";
    }
  }

  /** The agent's own token could not be had or renewed. */
  record LoginFailed(String backend, String why) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.ERROR;
    }

    @Override
    public String message() {
      return "the login at " + backend + " failed: " + why;
    }
  }

  /** A secret manager is taken for gone; until it answers a probe no call is sent to it. */
  record CircuitOpened(String backend, String why) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.WARNING;
    }

    @Override
    public String message() {
      return backend + ": taken for gone, calls wait until it answers: " + why;
    }
  }

  /** A secret manager that was taken for gone works again. */
  record CircuitClosed(String backend, Duration after) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.INFO;
    }

    @Override
    public String message() {
      return backend + ": works again after " + after.toSeconds() + " s";
    }
  }

  /** A delivery into files does not hold the newest values; it is tried again. */
  record DeliveryFailed(String delivery, String why) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.WARNING;
    }

    @Override
    public String message() {
      return "file " + delivery + ": not written, tried again: " + why;
    }
  }

  /** What was delivered into files is still there at the end, and should not be. */
  record DeliveryNotLeft(String delivery, String path, String why) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.WARNING;
    }

    @Override
    public String message() {
      return "file " + delivery + ": " + path + " is not left as on_exit says: " + why;
    }
  }

  /** A program was not told of the change of its files; that is tried again. */
  record ReloadFailed(String delivery, String why) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.WARNING;
    }

    @Override
    public String message() {
      return "file " + delivery + ": reload failed, tried again: " + why;
    }
  }

  /** What was delivered into files was blanked or removed after a revocation. */
  record DeliveryTakenBack(String delivery, String why) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.WARNING;
    }

    @Override
    public String message() {
      return "file " + delivery + ": taken back: " + why;
    }
  }

  /** A delivery is written to a disk, where a deleted secret may be found again. */
  record DeliveryOnDisk(String delivery, String path) implements AgentEvent {
    @Override
    public Severity severity() {
      return Severity.INFO;
    }

    @Override
    public String message() {
      return "file "
          + delivery
          + ": "
          + path
          + " lies on a disk; a place on tmpfs, such as below /run, forgets better";
    }
  }
}
