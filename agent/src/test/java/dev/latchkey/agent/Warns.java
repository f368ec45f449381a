package dev.latchkey.agent;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Stands on a test, or on a class of tests, that provokes warnings or errors in the log: a part of
 * the text of each of them. {@link NothingLeftBehind} lets no other pass.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Warns {
  String[] value();
}
