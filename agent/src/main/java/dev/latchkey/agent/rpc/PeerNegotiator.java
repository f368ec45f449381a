package dev.latchkey.agent.rpc;

import dev.latchkey.agent.caller.Attestor;
import dev.latchkey.agent.caller.Peer;
import dev.latchkey.agent.secret.Reason;
import dev.latchkey.agent.secret.SecretException;
import io.grpc.Attributes;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.grpc.netty.ProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.PeerCredentials;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import java.io.IOException;

/**
 * Asks the kernel who is at the other end before the first byte is read, and puts the answer into
 * the transport's attributes.
 *
 * <p>gRPC has no API for peer credentials; this wraps the plaintext negotiation through its
 * documented internal accessors. A peer that cannot be attested keeps its connection and is refused
 * call by call, so that it learns why.
 */
final class PeerNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {

  private final InternalProtocolNegotiator.ProtocolNegotiator plaintext =
      InternalProtocolNegotiators.serverPlaintext();
  private final Attestor attestor;

  PeerNegotiator(Attestor attestor) {
    this.attestor = attestor;
  }

  @Override
  public AsciiString scheme() {
    return plaintext.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpcHandler) {
    return new PeerHandler(plaintext.newHandler(grpcHandler));
  }

  @Override
  public void close() {
    plaintext.close();
  }

  private Connection connection(Channel channel) {
    if (!(channel instanceof EpollDomainSocketChannel socket)) {
      return Connection.Refused.unknown(Connection.noSocket());
    }
    try {
      return connection(peer(socket));
    } catch (IOException | RuntimeException failed) {
      return Connection.Refused.unknown(notAttested(failed));
    }
  }

  private Connection connection(Peer peer) {
    try {
      return Connection.Attested.of(attestor.attest(peer));
    } catch (SecretException refused) {
      return Connection.Refused.of(peer, refused);
    } catch (RuntimeException failed) {
      return Connection.Refused.of(peer, notAttested(failed));
    }
  }

  private static SecretException notAttested(Exception failed) {
    return SecretException.of(
        Reason.UNKNOWN_CALLER, "the caller could not be attested; connect again", failed);
  }

  private static Peer peer(EpollDomainSocketChannel socket) throws IOException {
    PeerCredentials credentials = socket.peerCredentials();
    return new Peer(credentials.uid(), credentials.gids()[0], credentials.pid());
  }

  /**
   * Adds the attribute to the event with which negotiation begins, then steps aside for the
   * plaintext handler.
   */
  private final class PeerHandler extends ChannelInboundHandlerAdapter {

    private final ChannelHandler next;

    PeerHandler(ChannelHandler next) {
      this.next = next;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (!(event instanceof ProtocolNegotiationEvent negotiation)) {
        super.userEventTriggered(context, event);
        return;
      }
      Attributes attributes =
          InternalProtocolNegotiationEvent.getAttributes(negotiation).toBuilder()
              .set(Connection.KEY, connection(context.channel()))
              .build();
      context.pipeline().replace(context.name(), null, next);
      context.fireUserEventTriggered(
          InternalProtocolNegotiationEvent.withAttributes(negotiation, attributes));
    }
  }
}
