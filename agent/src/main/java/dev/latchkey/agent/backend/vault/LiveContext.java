package dev.latchkey.agent.backend.vault;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Supplier;
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
 * A TLS context that asks for another one with each connection, and whose connections may expect a
 * certificate for one name, whatever host they are made to.
 *
 * <p>The JDK's client offers no setting for either. It makes its engines from one context for the
 * host of the address, and the engine's peer host is the name that a certificate is checked
 * against.
 */
final class LiveContext extends SSLContextSpi {

  private final Supplier<SSLContext> contexts;
  private final Optional<String> name;

  private LiveContext(Supplier<SSLContext> contexts, Optional<String> name) {
    this.contexts = contexts;
    this.name = name;
  }

  static SSLContext of(Supplier<SSLContext> contexts, Optional<String> name) {
    SSLContext first = contexts.get();
    return new SSLContext(
        new LiveContext(contexts, name), first.getProvider(), first.getProtocol()) {};
  }

  @Override
  protected SSLEngine engineCreateSSLEngine(String host, int port) {
    return contexts.get().createSSLEngine(name.orElse(host), port);
  }

  @Override
  protected SSLEngine engineCreateSSLEngine() {
    SSLContext context = contexts.get();
    return name.map(host -> context.createSSLEngine(host, -1)).orElseGet(context::createSSLEngine);
  }

  @Override
  protected void engineInit(
      KeyManager @Nullable [] keys, TrustManager @Nullable [] trust, @Nullable SecureRandom seed) {
    throw new IllegalStateException("the context is ready already");
  }

  @Override
  protected SSLSocketFactory engineGetSocketFactory() {
    return contexts.get().getSocketFactory();
  }

  @Override
  protected SSLServerSocketFactory engineGetServerSocketFactory() {
    return contexts.get().getServerSocketFactory();
  }

  @Override
  protected SSLSessionContext engineGetServerSessionContext() {
    return contexts.get().getServerSessionContext();
  }

  @Override
  protected SSLSessionContext engineGetClientSessionContext() {
    return contexts.get().getClientSessionContext();
  }

  @Override
  protected SSLParameters engineGetDefaultSSLParameters() {
    return contexts.get().getDefaultSSLParameters();
  }

  @Override
  protected SSLParameters engineGetSupportedSSLParameters() {
    return contexts.get().getSupportedSSLParameters();
  }
}
