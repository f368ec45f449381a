package dev.latchkey.agent.backend.vault;

import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * A TLS context whose connections expect a certificate for one name, whatever host they are made
 * to.
 *
 * <p>The JDK's client offers no setting for it. It makes its engines for the host of the address,
 * and the engine's peer host is the name that a certificate is checked against.
 */
final class NamedServerContext extends SSLContextSpi {

  private final SSLContext context;
  private final String name;

  private NamedServerContext(SSLContext context, String name) {
    this.context = context;
    this.name = name;
  }

  static SSLContext of(SSLContext context, String name) {
    return new SSLContext(
        new NamedServerContext(context, name), context.getProvider(), context.getProtocol()) {};
  }

  @Override
  protected SSLEngine engineCreateSSLEngine(String host, int port) {
    return context.createSSLEngine(name, port);
  }

  @Override
  protected SSLEngine engineCreateSSLEngine() {
    return context.createSSLEngine(name, -1);
  }

  @Override
  protected void engineInit(
      KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom seed) {
    throw new IllegalStateException("the context is ready already");
  }

  @Override
  protected SSLSocketFactory engineGetSocketFactory() {
    return context.getSocketFactory();
  }

  @Override
  protected SSLServerSocketFactory engineGetServerSocketFactory() {
    return context.getServerSocketFactory();
  }

  @Override
  protected SSLSessionContext engineGetServerSessionContext() {
    return context.getServerSessionContext();
  }

  @Override
  protected SSLSessionContext engineGetClientSessionContext() {
    return context.getClientSessionContext();
  }

  @Override
  protected SSLParameters engineGetDefaultSSLParameters() {
    return context.getDefaultSSLParameters();
  }

  @Override
  protected SSLParameters engineGetSupportedSSLParameters() {
    return context.getSupportedSSLParameters();
  }
}
