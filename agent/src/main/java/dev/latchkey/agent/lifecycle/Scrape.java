package dev.latchkey.agent.lifecycle;

/** A page of metrics in the Prometheus text format. Safe for use by several threads. */
@FunctionalInterface
public interface Scrape {

  String scrape();
}
