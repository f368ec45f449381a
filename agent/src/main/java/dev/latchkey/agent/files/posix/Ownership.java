package dev.latchkey.agent.files.posix;

/** The owners and the mode that a file is to have, all of them known numbers. */
record Ownership(int uid, int gid, int mode) {

  private static final int OWNER_ALL = 0700;
  private static final int READ_BITS = 0044;
  private static final int READ_TO_SEARCH = 2;

  /** The mode of the directory around: whoever reads the files also lists and enters it. */
  int directoryMode() {
    int reads = mode & READ_BITS;
    return OWNER_ALL | reads | (reads >> READ_TO_SEARCH);
  }
}
