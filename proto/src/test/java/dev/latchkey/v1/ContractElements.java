package dev.latchkey.v1;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Our own elements of a descriptor set by full name, in the order of the files. What is imported
 * from elsewhere is left out, and so are the entry messages that the compiler makes for maps.
 */
record ContractElements(
    Map<String, FileDescriptorProto> files,
    Map<String, Message> messages,
    Map<String, EnumDescriptorProto> enums,
    Map<String, ServiceDescriptorProto> services,
    List<String> uncommented) {

  /** A message and the entry types of its maps, by their full names. */
  record Message(DescriptorProto proto, Map<String, DescriptorProto> mapEntries) {
    /** Whether the field carries bytes, itself or as the value of a map. */
    boolean carriesBytes(FieldDescriptorProto field) {
      DescriptorProto entry = mapEntries.get(field.getTypeName());
      return entry == null
          ? field.getType() == FieldDescriptorProto.Type.TYPE_BYTES
          : entry.getField(1).getType() == FieldDescriptorProto.Type.TYPE_BYTES;
    }
  }

  static ContractElements of(FileDescriptorSet set) {
    ContractElements elements =
        new ContractElements(
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new LinkedHashMap<>(),
            new ArrayList<>());
    for (FileDescriptorProto file : set.getFileList()) {
      if (file.getPackage().startsWith("latchkey.")) {
        new Walk(file, elements).walk();
      }
    }
    return elements;
  }

  /** The full names of the fields that carry bytes and are redacted, or are not. */
  List<String> bytes(boolean redacted) {
    return messages.entrySet().stream()
        .flatMap(
            message ->
                message.getValue().proto().getFieldList().stream()
                    .filter(message.getValue()::carriesBytes)
                    .filter(field -> field.getOptions().getDebugRedact() == redacted)
                    .map(field -> message.getKey() + "." + field.getName()))
        .toList();
  }

  /** One file's elements, each with its path in the compiler's source information. */
  private record Walk(FileDescriptorProto file, ContractElements found) {
    void walk() {
      found.files.put(file.getName(), file);
      String prefix = file.getPackage() + ".";
      for (int i = 0; i < file.getMessageTypeCount(); i++) {
        Path path = Path.of(FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, i);
        message(prefix, file.getMessageType(i), path);
      }
      for (int i = 0; i < file.getEnumTypeCount(); i++) {
        enumeration(
            prefix, file.getEnumType(i), Path.of(FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER, i));
      }
      for (int i = 0; i < file.getServiceCount(); i++) {
        service(prefix, file.getService(i), Path.of(FileDescriptorProto.SERVICE_FIELD_NUMBER, i));
      }
    }

    private void message(String prefix, DescriptorProto message, Path path) {
      String name = prefix + message.getName();
      Map<String, DescriptorProto> mapEntries = new LinkedHashMap<>();
      found.messages.put(name, new Message(message, mapEntries));
      comment(name, path);
      for (int i = 0; i < message.getFieldCount(); i++) {
        FieldDescriptorProto field = message.getField(i);
        comment(name + "." + field.getName(), path.then(DescriptorProto.FIELD_FIELD_NUMBER, i));
      }
      for (int i = 0; i < message.getNestedTypeCount(); i++) {
        DescriptorProto nested = message.getNestedType(i);
        if (nested.getOptions().getMapEntry()) {
          mapEntries.put("." + name + "." + nested.getName(), nested);
        } else {
          message(name + ".", nested, path.then(DescriptorProto.NESTED_TYPE_FIELD_NUMBER, i));
        }
      }
      for (int i = 0; i < message.getEnumTypeCount(); i++) {
        enumeration(
            name + ".",
            message.getEnumType(i),
            path.then(DescriptorProto.ENUM_TYPE_FIELD_NUMBER, i));
      }
    }

    private void enumeration(String prefix, EnumDescriptorProto enumeration, Path path) {
      String name = prefix + enumeration.getName();
      found.enums.put(name, enumeration);
      comment(name, path);
      for (int i = 0; i < enumeration.getValueCount(); i++) {
        EnumValueDescriptorProto value = enumeration.getValue(i);
        comment(name + "." + value.getName(), path.then(EnumDescriptorProto.VALUE_FIELD_NUMBER, i));
      }
    }

    private void service(String prefix, ServiceDescriptorProto service, Path path) {
      String name = prefix + service.getName();
      found.services.put(name, service);
      comment(name, path);
      for (int i = 0; i < service.getMethodCount(); i++) {
        MethodDescriptorProto method = service.getMethod(i);
        comment(
            name + "." + method.getName(),
            path.then(ServiceDescriptorProto.METHOD_FIELD_NUMBER, i));
      }
    }

    private void comment(String name, Path path) {
      boolean commented =
          file.getSourceCodeInfo().getLocationList().stream()
              .filter(location -> location.getPathList().equals(path.steps()))
              .anyMatch(
                  location ->
                      !location.getLeadingComments().isBlank()
                          || !location.getTrailingComments().isBlank());
      if (!commented) {
        found.uncommented.add(name);
      }
    }
  }

  /** Where an element stands in a file: field number and index, alternating. */
  private record Path(List<Integer> steps) {
    static Path of(int field, int index) {
      return new Path(List.of(field, index));
    }

    Path then(int field, int index) {
      List<Integer> longer = new ArrayList<>(steps);
      longer.add(field);
      longer.add(index);
      return new Path(List.copyOf(longer));
    }
  }
}
