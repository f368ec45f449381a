package dev.latchkey.agent.telemetry;

import dev.latchkey.agent.event.AgentEvent;
import dev.latchkey.agent.event.EventSink;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes each event to the log, once, and counts it by its kind. */
public final class EventTelemetry implements EventSink {

  private static final Logger LOG = LoggerFactory.getLogger("dev.latchkey.agent.event");
  private static final AttributeKey<String> EVENT = AttributeKey.stringKey("event");

  private final LongCounter events;

  public EventTelemetry(Telemetry telemetry) {
    this.events =
        telemetry
            .meter()
            .counterBuilder("latchkey.events")
            .setDescription("What happened and an operator should know, by kind")
            .build();
  }

  @Override
  public void emit(AgentEvent event) {
    events.add(1, Attributes.of(EVENT, event.getClass().getSimpleName()));
    switch (event.severity()) {
      case INFO -> LOG.info(event.message());
      case WARNING -> LOG.warn(event.message());
      case ERROR -> LOG.error(event.message());
    }
  }
}
