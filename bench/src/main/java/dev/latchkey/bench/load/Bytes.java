package dev.latchkey.bench.load;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Messages as the bytes they are, so that the generator spends nothing on decoding them. */
public final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

  /** A unary method whose messages stay bytes. */
  public static MethodDescriptor<byte[], byte[]> unary(String service, String method) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, method))
        .setRequestMarshaller(new Bytes())
        .setResponseMarshaller(new Bytes())
        .build();
  }

  @Override
  public InputStream stream(byte[] value) {
    return new Known(value);
  }

  @Override
  public byte[] parse(InputStream stream) {
    try {
      return stream.readAllBytes();
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Tells its length, so that the transport allocates once. */
  private static final class Known extends ByteArrayInputStream implements KnownLength {

    Known(byte[] value) {
      super(value);
    }
  }
}
