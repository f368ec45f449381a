package dev.latchkey.agent.wiring;

/** The agent's version, as the jar's manifest has it. */
final class Version {

  static final String TEXT = text();

  private Version() {}

  private static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }
}
