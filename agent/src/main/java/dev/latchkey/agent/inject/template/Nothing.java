package dev.latchkey.agent.inject.template;

/** What stands where a template has no value: outside of every loop. */
enum Nothing {
  HERE
}
