package dev.latchkey.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of the command line, as its jar's manifest has it. */
final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {"latchkey " + (version == null ? "unpackaged" : version)};
  }
}
