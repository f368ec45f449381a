/**
 * Tests of secrets in the configuration of a Spring Boot application, against an agent on a real
 * socket that does what a test says.
 */
@NullMarked
package dev.latchkey.spring;

import org.jspecify.annotations.NullMarked;
