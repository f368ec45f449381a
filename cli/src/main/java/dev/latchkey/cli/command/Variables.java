package dev.latchkey.cli.command;

import com.google.protobuf.ByteString;
import dev.latchkey.cli.outcome.CommandFailure;
import dev.latchkey.v1.Credential;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The environment of a child: what is passed on of the caller's, and fields of secrets. Nothing is
 * replaced in silence: two sources of one variable are an error.
 */
final class Variables {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /**
   * With these whoever writes a secret would choose what a shell, a loader, a runtime or a usual
   * tool runs. Any program may have such a variable of its own: a prefix keeps off those too.
   */
  private static final Pattern STEERING =
      Pattern.compile(
          "PATH|IFS|ENV|BASH_.*|BASHOPTS|SHELLOPTS|PS4|PROMPT_COMMAND|ZDOTDIR|CDPATH"
              + "|HOME|SHELL|XDG_.*|(MAN|GIT_|SYSTEMD_|PSQL_|AWS_|GH_|BAT_)?PAGER|(SUDO_)?EDITOR"
              + "|FCEDIT|VISUAL|BROWSER|.*_ASKPASS|SSH_AUTH_SOCK|RSYNC_RSH|CVS_RSH|TAR_OPTIONS"
              + "|LESS|LESS(OPEN|CLOSE|KEY.*)|MORE|MANROFFOPT|TERMINFO(_DIRS)?|TERMCAP|MAKEFLAGS"
              + "|OPENSSL_(CONF.*|MODULES|ENGINES)|SSL_CERT_.*|SSLKEYLOGFILE|CURL_HOME|WGETRC"
              + "|(HTTPS?|FTP|ALL|NO)_PROXY|HOSTALIASES|RES_OPTIONS|KRB5_CONFIG|KUBECONFIG|DOCKER_HOST"
              + "|DOTNET_.*|COMPLUS_.*|CORECLR_.*|COR_(ENABLE_PROFILING|PROFILER.*)"
              + "|MONO_(PATH|CONFIG|ENV_OPTIONS)|M2_HOME|MAVEN_(OPTS|ARGS)|GRADLE_(OPTS|USER_HOME)"
              + "|SBT_OPTS|NPM_CONFIG_.*|R_(PROFILE|ENVIRON).*|LUA_(INIT|PATH|CPATH).*|TCLLIBPATH"
              + "|ERL_(LIBS|.*FLAGS)|GO(DEBUG|ROOT)|PSQLRC|PGSYSCONFDIR|MYSQL_HOME"
              + "|LD_.*|GLIBC_TUNABLES|GCONV_PATH|LOCPATH"
              + "|_?JAVA_.*OPTIONS|JDK_JAVA_OPTIONS|CLASSPATH|PYTHON.*|PERL5.*|RUBY(OPT|LIB)"
              + "|NODE_(OPTIONS|PATH)|PHPRC|PHP_INI_SCAN_DIR|GIT_.*|LATCHKEY_.*");

  /** What the system takes for one text, with the zero byte at its end. */
  private static final int LONGEST = 128 << 10;

  private static final int POINTER = 8;

  private final Map<String, byte[]> values = new TreeMap<>();
  private final Map<String, String> sources = new TreeMap<>();

  /** Passes a variable of the caller on. */
  void pass(String name, byte[] value) {
    add(name, value, "the caller's environment");
  }

  /** Adds every field of a secret: the prefix and the field's name in capitals. */
  void fields(Credential credential, String prefix) {
    new TreeMap<>(credential.getFieldsMap())
        .forEach(
            (field, value) -> {
              String variable = variable(prefix, field);
              String source = credential.getName() + "#" + field;
              checkSteersNothing(variable, source);
              add(variable, value, source);
            });
  }

  private static void checkSteersNothing(String variable, String source) {
    if (STEERING.matcher(variable).matches()) {
      throw CommandFailure.usage(
          "the variable "
              + variable
              + ", from "
              + source
              + ", would steer what is run; whoever writes the secret could choose that",
          "Give it a prefix with --env-prefix, or name it with: --env " + variable + "=" + source);
    }
  }

  /** Adds one field of a secret under a name of its own. */
  void field(String variable, Credential credential, String field) {
    ByteString value = credential.getFieldsMap().get(field);
    if (value == null) {
      throw CommandFailure.usage(
          "the secret '" + credential.getName() + "' has no field '" + field + "'",
          "It has: " + String.join(", ", new TreeMap<>(credential.getFieldsMap()).keySet()));
    }
    add(variable, value, credential.getName() + "#" + field);
  }

  /**
   * Each as {@code NAME=value}.
   *
   * @param room what the system takes for all of them, in bytes
   * @throws CommandFailure USAGE when one is too long, or all together are
   */
  List<byte[]> entries(long room) {
    List<byte[]> entries = new ArrayList<>();
    long taken = 0;
    for (Map.Entry<String, byte[]> one : values.entrySet()) {
      ByteArrayOutputStream entry = new ByteArrayOutputStream();
      entry.writeBytes((one.getKey() + "=").getBytes(StandardCharsets.UTF_8));
      entry.writeBytes(one.getValue());
      if (entry.size() + 1 > LONGEST) {
        throw tooLong("the value of " + sources.get(one.getKey()), LONGEST);
      }
      taken += entry.size() + 1L + POINTER;
      entries.add(entry.toByteArray());
    }
    if (taken > room) {
      throw tooLong("the environment, with " + String.join(", ", values.keySet()), room);
    }
    return entries;
  }

  private static CommandFailure tooLong(String what, long bound) {
    return CommandFailure.usage(
        what + " is longer than the system takes, " + bound + " bytes here",
        "Have it delivered as a file instead.");
  }

  /** The usual prefix of a secret: its name in capitals. */
  static String prefix(String secret) {
    return secret.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_") + "_";
  }

  private static String variable(String prefix, String field) {
    return prefix + field.toUpperCase(Locale.ROOT).replaceAll("[-.]", "_");
  }

  private void add(String variable, ByteString value, String source) {
    if (!NAME.matcher(variable).matches()) {
      throw CommandFailure.usage(
          "'" + variable + "', from " + source + ", is no name for a variable",
          "Give the field a name of its own with: --env VARIABLE=SECRET#FIELD");
    }
    byte[] bytes = value.toByteArray();
    for (byte one : bytes) {
      if (one == 0) {
        throw CommandFailure.usage(
            "the value of " + source + " holds a zero byte, which no environment can",
            "Have it delivered as a file instead.");
      }
    }
    add(variable, bytes, source);
  }

  private void add(String variable, byte[] value, String source) {
    String other = sources.putIfAbsent(variable, source);
    if (other != null) {
      throw CommandFailure.usage(
          "the variable " + variable + " comes from " + other + " and from " + source,
          "Tell them apart with --env-prefix, or name each with --env VARIABLE=SECRET#FIELD.");
    }
    values.put(variable, value);
  }
}
