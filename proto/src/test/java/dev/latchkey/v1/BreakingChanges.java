package dev.latchkey.v1;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import dev.latchkey.v1.ContractElements.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a client of a released contract would lose by the current one, in words. A contract only
 * grows: whatever was released stays, under its number, name, type and JSON name, even when nobody
 * is known to use it.
 */
final class BreakingChanges {
  private final List<String> found = new ArrayList<>();

  private BreakingChanges() {}

  /** Every break between the two, one line each; empty when there is none. */
  static List<String> between(FileDescriptorSet released, FileDescriptorSet current) {
    BreakingChanges changes = new BreakingChanges();
    changes.compare(ContractElements.of(released), ContractElements.of(current));
    return List.copyOf(changes.found);
  }

  private void compare(ContractElements released, ContractElements current) {
    each("file", released.files(), current.files(), this::file);
    each("message", released.messages(), current.messages(), this::message);
    each("enum", released.enums(), current.enums(), this::enumeration);
    each("service", released.services(), current.services(), this::service);
  }

  private void file(String name, FileDescriptorProto released, FileDescriptorProto current) {
    same(name, "package", released.getPackage(), current.getPackage());
    same(
        name,
        "java_package",
        released.getOptions().getJavaPackage(),
        current.getOptions().getJavaPackage());
    same(
        name,
        "java_multiple_files",
        released.getOptions().getJavaMultipleFiles(),
        current.getOptions().getJavaMultipleFiles());
  }

  private void message(String name, Message released, Message current) {
    Map<Integer, FieldDescriptorProto> before =
        byKey(released.proto().getFieldList(), FieldDescriptorProto::getNumber);
    Map<Integer, FieldDescriptorProto> after =
        byKey(current.proto().getFieldList(), FieldDescriptorProto::getNumber);
    each(
        "field " + name,
        before,
        after,
        (number, old, now) -> {
          String field = name + "." + old.getName();
          same(field, "name", old.getName(), now.getName());
          same(field, "JSON name", old.getJsonName(), now.getJsonName());
          same(field, "type", type(released, old), type(current, now));
          same(field, "label", old.getLabel(), now.getLabel());
          same(field, "presence", old.getProto3Optional(), now.getProto3Optional());
          same(field, "oneof", oneof(released.proto(), old), oneof(current.proto(), now));
        });
  }

  private void enumeration(String name, EnumDescriptorProto released, EnumDescriptorProto current) {
    each(
        "enum value " + name,
        byKey(released.getValueList(), EnumValueDescriptorProto::getNumber),
        byKey(current.getValueList(), EnumValueDescriptorProto::getNumber),
        (number, old, now) -> same(name + "." + number, "name", old.getName(), now.getName()));
  }

  private void service(
      String name, ServiceDescriptorProto released, ServiceDescriptorProto current) {
    each(
        "rpc " + name,
        byKey(released.getMethodList(), MethodDescriptorProto::getName),
        byKey(current.getMethodList(), MethodDescriptorProto::getName),
        (method, old, now) -> {
          String rpc = name + "." + method;
          same(rpc, "request", old.getInputType(), now.getInputType());
          same(rpc, "response", old.getOutputType(), now.getOutputType());
          same(rpc, "client streaming", old.getClientStreaming(), now.getClientStreaming());
          same(rpc, "server streaming", old.getServerStreaming(), now.getServerStreaming());
        });
  }

  /** The wire type, with a map's key and value in place of the entry that the compiler names. */
  private static String type(Message message, FieldDescriptorProto field) {
    DescriptorProto entry = message.mapEntries().get(field.getTypeName());
    return entry == null
        ? field.getType() + field.getTypeName()
        : entry.getFieldList().stream()
            .map(part -> part.getType() + part.getTypeName())
            .collect(Collectors.joining(", ", "map<", ">"));
  }

  private static String oneof(DescriptorProto message, FieldDescriptorProto field) {
    return field.hasOneofIndex() && !field.getProto3Optional()
        ? message.getOneofDecl(field.getOneofIndex()).getName()
        : "none";
  }

  private static <K, E> Map<K, E> byKey(List<E> elements, Function<E, K> key) {
    // Aliases of an enum share a number: the first is the one that is written.
    return elements.stream()
        .collect(Collectors.toMap(key, Function.identity(), (first, alias) -> first));
  }

  private <K, E> void each(
      String kind, Map<K, E> released, Map<K, E> current, Comparison<K, E> comparison) {
    released.forEach(
        (key, before) -> {
          E after = current.get(key);
          if (after == null) {
            found.add(kind + " " + key + " was removed");
          } else {
            comparison.compare(key, before, after);
          }
        });
  }

  private void same(String element, String what, Object released, Object current) {
    if (!Objects.equals(released, current)) {
      found.add(element + ": " + what + " was " + released + ", is " + current);
    }
  }

  private interface Comparison<K, E> {
    void compare(K key, E released, E current);
  }
}
