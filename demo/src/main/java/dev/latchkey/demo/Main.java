package dev.latchkey.demo;

import dev.latchkey.demo.process.JavaProgram;
import dev.latchkey.testing.vault.VaultBinary;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command {@code latchkey demo}. */
@Command(
    name = "latchkey demo",
    sortOptions = false,
    description = {
      "Starts a PostgreSQL, an agent and an application, and rotates the application's database"
          + " credential under load.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 every rotation went as it must and no query failed; 1 a query failed, a check"
          + " did not hold, or under load a rotation or a part failed; 2 wrong usage; 3 no server"
          + " was found for --backend vault; 4 a part could not be started or the run was ended, so"
          + " nothing was shown.",
      "The control run (--without-swap) is expected to fail and exits with 1."
    })
public final class Main implements Callable<Integer> {

  private static final int NO_SERVER = 3;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "local",
      description =
          "local: the agent rotates a credential of its own; vault: a real Vault or OpenBao leases"
              + " it for seconds (default: ${DEFAULT-VALUE}).")
  private BackendChoice backend = BackendChoice.LOCAL;

  @Option(
      names = "--rotations",
      paramLabel = "N",
      description = "Rotate at least so many times (default: 20, and 1 with --without-swap).")
  private @Nullable Integer rotations;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "0s",
      converter = DurationText.class,
      description = "Keep rotating for at least so long, such as 90s or 5m.")
  private Duration duration = Duration.ZERO;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "8",
      description = "Threads of the application (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--pool",
      paramLabel = "N",
      defaultValue = "8",
      description = "Connections that they share (default: ${DEFAULT-VALUE}).")
  private int pool;

  @Option(
      names = "--json",
      description = "Print one JSON object on standard output, everything else on standard error.")
  private boolean json;

  @Option(
      names = "--without-swap",
      description = "The control: the same load on a plain pool, which must fail.")
  private boolean withoutSwap;

  @Option(names = "--keep", description = "Leave the temporary directory with all logs in place.")
  private boolean keep;

  @SuppressWarnings("UnusedVariable") // picocli looks at it
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Spec private @Nullable CommandSpec spec;

  public static void main(String[] args) {
    JavaProgram.setUpLogging();
    System.exit(commandLine(new Main()).execute(args));
  }

  /** The command, which takes the names of backends in any case. */
  static CommandLine commandLine(Main main) {
    return new CommandLine(main)
        .registerConverter(BackendChoice.class, Main::backend)
        .setParameterExceptionHandler((wrong, words) -> misused(wrong));
  }

  /** What is wrong and where to read on, as every verb says it. */
  private static int misused(ParameterException wrong) {
    CommandLine command = wrong.getCommandLine();
    command.getErr().println("latchkey demo: " + wrong.getMessage());
    command.getErr().println("See: latchkey demo --help");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static BackendChoice backend(String word) {
    return Stream.of(BackendChoice.values())
        .filter(one -> one.toString().equalsIgnoreCase(word))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "expected one of "
                        + List.of(BackendChoice.values())
                        + " but was '"
                        + word
                        + "'"));
  }

  /** Runs the demo; the exit code. */
  @Override
  public Integer call() throws Exception {
    DemoOptions options = options();
    return switch (options.backend()) {
      case LOCAL -> Demo.run(options, new RotatedScene());
      case VAULT -> onVault(options);
    };
  }

  private static int onVault(DemoOptions options) {
    Optional<VaultBinary> binary =
        VaultBinary.find(System.getenv(), Installation.find().home(), VaultBinary.Build.NEVER);
    if (binary.isPresent() && Files.isExecutable(binary.get().path())) {
      return Demo.run(options, new LeasedScene(binary.get()));
    }
    System.err.println(
        binary
                .map(wrong -> "demo: " + wrong.path() + " cannot be executed")
                .orElse("demo: no Vault")
            + "; "
            + VaultBinary.HOW_TO_GET_ONE);
    return NO_SERVER;
  }

  /** The options as they were given. */
  DemoOptions options() {
    try {
      int wanted = rotations != null ? rotations : withoutSwap ? 1 : 20;
      return new DemoOptions(backend, wanted, duration, threads, pool, json, !withoutSwap, keep);
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(Objects.requireNonNull(spec).commandLine(), wrong.getMessage());
    }
  }
}
