package dev.latchkey.agent.rpc;

import io.grpc.Metadata;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;

/**
 * Reads the W3C {@code traceparent} header (W3C Trace Context, section 3.2); a malformed one counts
 * as none.
 */
final class TraceParent {

  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

  /** {@code 00-<32 hex>-<16 hex>-<2 hex>}; later versions may be longer. */
  private static final int LENGTH = 55;

  private TraceParent() {}

  /** The caller's span; the invalid one when it sent none. */
  static SpanContext of(Metadata headers) {
    String text = headers.get(HEADER);
    return text == null ? SpanContext.getInvalid() : parse(text);
  }

  static SpanContext parse(String text) {
    if (!isShaped(text)) {
      return SpanContext.getInvalid();
    }
    String trace = text.substring(3, 35);
    String span = text.substring(36, 52);
    boolean isHex = isHex(text.charAt(53)) && isHex(text.charAt(54));
    if (!TraceId.isValid(trace) || !SpanId.isValid(span) || !isHex) {
      return SpanContext.getInvalid();
    }
    return SpanContext.createFromRemoteParent(
        trace, span, TraceFlags.fromHex(text, 53), TraceState.getDefault());
  }

  private static boolean isShaped(String text) {
    return text.length() >= LENGTH
        && isHex(text.charAt(0))
        && isHex(text.charAt(1))
        && !text.startsWith("ff")
        && (text.length() == LENGTH || (!text.startsWith("00") && text.charAt(LENGTH) == '-'))
        && text.charAt(2) == '-'
        && text.charAt(35) == '-'
        && text.charAt(52) == '-';
  }

  private static boolean isHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  }
}
