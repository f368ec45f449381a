package dev.latchkey.agent.rpc;

import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import dev.latchkey.agent.time.TimeSource;
import dev.latchkey.agent.watch.WatchEvent;
import dev.latchkey.agent.watch.Watches;
import dev.latchkey.v1.CaughtUp;
import dev.latchkey.v1.CredentialChanged;
import dev.latchkey.v1.SecretUnavailable;
import dev.latchkey.v1.SubscriptionStarted;
import dev.latchkey.v1.WatchCredentialsResponse;

/** The stream of one watch: writes each value given into the audit, then sends it. */
final class WatchStream implements Watches.Sink {

  static final String AUDITED = "watch";

  private final StreamReply<WatchCredentialsResponse> reply;
  private final Gate gate;
  private final Gate.Asked asked;
  private final Refusals refusals;
  private final TimeSource time;
  private final boolean metadataOnly;

  WatchStream(
      StreamReply<WatchCredentialsResponse> reply,
      Gate gate,
      Refusals refusals,
      TimeSource time,
      boolean metadataOnly) {
    this.reply = reply;
    this.gate = gate;
    this.asked = Gate.Asked.of(reply, AUDITED);
    this.refusals = refusals;
    this.time = time;
    this.metadataOnly = metadataOnly;
  }

  @Override
  public boolean isReady() {
    return reply.isReady();
  }

  @Override
  public void send(WatchEvent event) {
    WatchCredentialsResponse.Builder response = WatchCredentialsResponse.newBuilder();
    switch (event) {
      case WatchEvent.Started started ->
          response.setStarted(
              SubscriptionStarted.newBuilder()
                  .setSubscriptionId(started.subscriptionId())
                  .setEpoch(started.epoch().id()));
      case WatchEvent.Changed changed -> response.setChanged(changed(changed));
      case WatchEvent.Unavailable unavailable ->
          response.setUnavailable(
              SecretUnavailable.newBuilder()
                  .setName(unavailable.name().text())
                  .setFailure(refusals.item(unavailable.why())));
      case WatchEvent.CaughtUp caughtUp -> response.setCaughtUp(CaughtUp.getDefaultInstance());
    }
    reply.send(response.build());
  }

  private CredentialChanged changed(WatchEvent.Changed changed) {
    gate.granted(
        asked, changed.held().state().name().text(), changed.held().state().id().version());
    return CredentialChanged.newBuilder()
        .setCredential(
            Wire.credential(
                changed.held(), time.now(), metadataOnly ? Wire.Fields.NONE : Wire.Fields.ALL))
        .setSnapshot(changed.snapshot())
        .setSkipped(changed.skipped())
        .setPending(changed.pending())
        .build();
  }

  @Override
  public void fail(RuntimeException why) {
    if (why instanceof SecretException known && known.reason() == Reason.DENIED) {
      reply.refuse(gate.denied(asked, ""));
    } else {
      reply.refuse(why);
    }
  }
}
