package dev.latchkey.testing.vault;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** HTTP/1.1 in clear, as much of it as a proxy for tests needs. */
final class Wire {

  private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private Wire() {}

  /** The server's whole answer, made fit for a connection that goes on. */
  static byte[] exchange(URI upstream, String head, byte[] body) throws IOException {
    try (Socket server = new Socket()) {
      server.connect(new InetSocketAddress(upstream.getHost(), upstream.getPort()));
      String once = head.replaceFirst("(?i)\r\nConnection:[^\r]*", "");
      OutputStream out = server.getOutputStream();
      out.write((once.strip() + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.UTF_8));
      out.write(body);
      out.flush();
      InputStream in = server.getInputStream();
      String answer = head(in).replaceFirst("(?i)\r\nConnection: close", "");
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      whole.writeBytes(answer.getBytes(StandardCharsets.UTF_8));
      in.transferTo(whole);
      return whole.toByteArray();
    }
  }

  /** The lines of a message before its body; empty at the end of the stream. */
  static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int matched = 0;
    for (int one = in.read(); one >= 0; one = in.read()) {
      head.write(one);
      matched = one == END_OF_HEAD[matched] ? matched + 1 : one == '\r' ? 1 : 0;
      if (matched == END_OF_HEAD.length) {
        return head.toString(StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  /** How long the body is that follows. */
  static int length(String head) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
        .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
        .findFirst()
        .orElse(0);
  }
}
