package dev.latchkey.acceptance;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * A span as it was sent by OTLP, which is protobuf: the numbers are those of the fields of {@code
 * opentelemetry.proto.trace.v1}.
 */
record SentSpan(String trace, String parent, String name) {

  private static final int RESOURCE_SPANS = 1;
  private static final int SCOPE_SPANS = 2;
  private static final int SPANS = 2;
  private static final int TRACE_ID = 1;
  private static final int PARENT_SPAN_ID = 4;
  private static final int NAME = 5;

  /** The spans of one request. */
  static List<SentSpan> of(byte[] request) {
    return Stream.of(ByteString.copyFrom(request))
        .flatMap(message -> parts(message, RESOURCE_SPANS))
        .flatMap(message -> parts(message, SCOPE_SPANS))
        .flatMap(message -> parts(message, SPANS))
        .map(
            span ->
                new SentSpan(
                    hex(span, TRACE_ID),
                    hex(span, PARENT_SPAN_ID),
                    parts(span, NAME).map(ByteString::toStringUtf8).findFirst().orElse("")))
        .toList();
  }

  private static String hex(ByteString message, int field) {
    return parts(message, field)
        .map(id -> HexFormat.of().formatHex(id.toByteArray()))
        .findFirst()
        .orElse("");
  }

  private static Stream<ByteString> parts(ByteString message, int field) {
    try {
      return UnknownFieldSet.parseFrom(message).getField(field).getLengthDelimitedList().stream();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError("not what OTLP sends", e);
    }
  }
}
