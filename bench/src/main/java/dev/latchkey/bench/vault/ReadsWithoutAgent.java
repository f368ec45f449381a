package dev.latchkey.bench.vault;

import dev.latchkey.bench.load.LatencyHistogram;
import dev.latchkey.bench.load.Paced;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/**
 * The same reads straight to the server, each of which is one call of it, as an application makes
 * them that has a token and keeps its connections but nothing else.
 */
public final class ReadsWithoutAgent {

  private static final int THREADS = 8;

  private final URI address;
  private final String token;
  private final int[] sequence;

  /**
   * A run of reads.
   *
   * @param sequence which secret is read, read by read
   */
  public ReadsWithoutAgent(URI address, String token, int[] sequence) {
    this.address = address;
    this.token = token;
    this.sequence = sequence.clone();
  }

  /** Reads all, as fast as it goes; an answer that is wrong or none at all ends the run. */
  public Reads measure() throws InterruptedException {
    LatencyHistogram latencies = new LatencyHistogram();
    try (HttpClient http = HttpClient.newHttpClient()) {
      long nanos =
          new Paced(THREADS, 0)
              .run(
                  sequence.length,
                  turn -> {
                    long sent = System.nanoTime();
                    HttpResponse<String> answer =
                        http.send(request(sequence[turn]), HttpResponse.BodyHandlers.ofString());
                    latencies.record(System.nanoTime() - sent);
                    require(answer, sequence[turn]);
                  });
      return new Reads(sequence.length, 0, nanos, latencies);
    }
  }

  private HttpRequest request(int secret) {
    return HttpRequest.newBuilder(address.resolve("/v1/kv/data/" + KeptVault.path(secret)))
        .header("X-Vault-Token", token)
        .build();
  }

  private static void require(HttpResponse<String> answer, int secret) {
    if (answer.statusCode() != 200 || !answer.body().contains(KeptVault.value(secret))) {
      throw new IllegalStateException(
          "not what Vault keeps: " + KeptVault.path(secret) + ", " + answer.statusCode());
    }
  }
}
