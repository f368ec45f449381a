package dev.latchkey.demo.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Java program to run on the JDK that runs this one.
 *
 * @param options options of the virtual machine
 * @param classPath as {@code java -cp} takes it
 */
public record JavaProgram(
    List<String> options, String classPath, String mainClass, List<String> arguments) {

  private static final String LOGGING = "logback.configurationFile";
  private static final String LOGGING_FILE = "dev/latchkey/demo/logback.xml";

  public JavaProgram {
    options = List.copyOf(options);
    arguments = List.copyOf(arguments);
  }

  /**
   * A program of the demo itself: on the class path of this process, logging warnings to its
   * standard error alone.
   *
   * @param options further options of the virtual machine
   */
  public static JavaProgram ofDemo(List<String> options, String mainClass, List<String> arguments) {
    List<String> all = new ArrayList<>(options);
    all.add("-D" + LOGGING + "=" + LOGGING_FILE);
    return new JavaProgram(all, ownClassPath(), mainClass, arguments);
  }

  /** The class path of this process, which holds every class of the demo. */
  public static String ownClassPath() {
    return System.getProperty("java.class.path", "");
  }

  /** Makes this process log as the others of the demo do; before its first logger is made. */
  public static void setUpLogging() {
    System.setProperty(LOGGING, LOGGING_FILE);
  }

  /**
   * The same program as a command that ends with its standard input; {@code leash} holds {@link
   * Leash}.
   */
  public List<String> leashed(String leash) {
    List<String> command = new ArrayList<>();
    command.add(executable().toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath + ":" + leash, Leash.class.getName(), mainClass));
    command.addAll(arguments);
    return List.copyOf(command);
  }

  /** The program as a command; it must watch its standard input by itself. */
  public List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(executable().toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, mainClass));
    command.addAll(arguments);
    return List.copyOf(command);
  }

  private static Path executable() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }
}
