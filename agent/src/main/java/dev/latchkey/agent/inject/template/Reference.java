package dev.latchkey.agent.inject.template;

import dev.latchkey.agent.secret.SecretName;
import java.util.Optional;

/**
 * One use of a secret in a template.
 *
 * @param field which of its fields; empty for all of them
 * @param optional whether the template only asks if the field is there
 * @param line the line, from 1
 * @param column the character in the line, from 1
 */
public record Reference(
    SecretName secret, Optional<String> field, boolean optional, int line, int column) {}
