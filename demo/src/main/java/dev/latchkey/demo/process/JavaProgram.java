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

  public JavaProgram {
    options = List.copyOf(options);
    arguments = List.copyOf(arguments);
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
