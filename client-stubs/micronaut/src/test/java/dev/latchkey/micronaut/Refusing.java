package dev.latchkey.micronaut;

import io.micronaut.context.annotation.Requires;
import io.micronaut.context.event.ApplicationEventListener;
import io.micronaut.core.order.Ordered;
import io.micronaut.runtime.context.scope.refresh.RefreshEvent;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicInteger;

/** Told before all others, and always throws. */
@Singleton
@Requires(property = "refusing")
class Refusing implements ApplicationEventListener<RefreshEvent>, Ordered {

  final AtomicInteger told = new AtomicInteger();

  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE;
  }

  @Override
  public void onApplicationEvent(RefreshEvent event) {
    told.incrementAndGet();
    throw new IllegalStateException("refused");
  }
}
