package dev.latchkey.v1;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Each kind of break, done to a small contract of its own: the check must be able to fail. */
final class BreakingChangesTest {
  private static final FileDescriptorProto RELEASED = released();

  @Test
  void findsNothingInTheSameContract() {
    assertThat(breaks(file -> {})).isEmpty();
  }

  @Test
  void findsNothingInWhatWasAdded() {
    assertThat(
            breaks(
                file -> {
                  file.addMessageTypeBuilder().setName("New");
                  file.getMessageTypeBuilder(0)
                      .addField(
                          field(
                              "added",
                              9,
                              FieldDescriptorProto.Type.TYPE_STRING,
                              Label.LABEL_OPTIONAL));
                  file.getEnumTypeBuilder(0)
                      .addValue(EnumValueDescriptorProto.newBuilder().setName("NEW").setNumber(9));
                  file.getServiceBuilder(0).addMethodBuilder().setName("New");
                }))
        .isEmpty();
  }

  @Test
  void findsNothingInImportedFiles() {
    FileDescriptorSet before =
        set(RELEASED, FileDescriptorProto.newBuilder().setPackage("google.rpc").setName("x"));
    assertThat(BreakingChanges.between(before, set(RELEASED))).isEmpty();
  }

  @Test
  void findsARemovedFile() {
    assertThat(BreakingChanges.between(set(RELEASED), FileDescriptorSet.getDefaultInstance()))
        .contains("file a.proto was removed", "message latchkey.v1.Ask was removed");
  }

  @Test
  void findsARemovedMessage() {
    assertThat(breaks(file -> file.removeMessageType(1)))
        .containsExactly(
            "message latchkey.v1.Answer was removed",
            "message latchkey.v1.Answer.Part was removed");
  }

  @Test
  void findsARemovedNestedMessage() {
    assertThat(breaks(file -> file.getMessageTypeBuilder(1).clearNestedType()))
        .containsExactly("message latchkey.v1.Answer.Part was removed");
  }

  @Test
  void findsARemovedField() {
    assertThat(breaks(file -> file.getMessageTypeBuilder(0).removeField(0)))
        .containsExactly("field latchkey.v1.Ask 1 was removed");
  }

  @Test
  void findsARenumberedField() {
    assertThat(breaks(file -> name(file).setNumber(7)))
        .containsExactly("field latchkey.v1.Ask 1 was removed");
  }

  @Test
  void findsARenamedField() {
    assertThat(breaks(file -> name(file).setName("title")))
        .containsExactly("latchkey.v1.Ask.name: name was name, is title");
  }

  @Test
  void findsAChangedJsonName() {
    assertThat(breaks(file -> name(file).setJsonName("title")))
        .containsExactly("latchkey.v1.Ask.name: JSON name was name, is title");
  }

  @Test
  void findsARetypedField() {
    assertThat(breaks(file -> name(file).setType(FieldDescriptorProto.Type.TYPE_BYTES)))
        .containsExactly("latchkey.v1.Ask.name: type was TYPE_STRING, is TYPE_BYTES");
  }

  @Test
  void findsAnotherMessageAsTheType() {
    assertThat(
            breaks(
                file ->
                    file.getMessageTypeBuilder(0)
                        .getFieldBuilder(1)
                        .setTypeName(".latchkey.v1.Ask")))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("latchkey.v1.Ask.part: type was");
  }

  @Test
  void findsARetypedMapValue() {
    assertThat(
            breaks(
                file ->
                    file.getMessageTypeBuilder(0)
                        .getNestedTypeBuilder(0)
                        .getFieldBuilder(1)
                        .setType(FieldDescriptorProto.Type.TYPE_STRING)))
        .containsExactly(
            "latchkey.v1.Ask.fields: type was map<TYPE_STRING, TYPE_BYTES>,"
                + " is map<TYPE_STRING, TYPE_STRING>");
  }

  @Test
  void findsAFieldThatBecameRepeated() {
    assertThat(breaks(file -> name(file).setLabel(Label.LABEL_REPEATED)))
        .containsExactly("latchkey.v1.Ask.name: label was LABEL_OPTIONAL, is LABEL_REPEATED");
  }

  @Test
  void findsAChangedPresence() {
    assertThat(breaks(file -> name(file).setProto3Optional(true)))
        .containsExactly("latchkey.v1.Ask.name: presence was false, is true");
  }

  @Test
  void findsAFieldMovedIntoAOneof() {
    assertThat(
            breaks(
                file -> {
                  file.getMessageTypeBuilder(0)
                      .addOneofDecl(OneofDescriptorProto.newBuilder().setName("either"));
                  name(file).setOneofIndex(0);
                }))
        .containsExactly("latchkey.v1.Ask.name: oneof was none, is either");
  }

  @Test
  void findsARemovedEnum() {
    assertThat(breaks(FileDescriptorProto.Builder::clearEnumType))
        .containsExactly("enum latchkey.v1.Kind was removed");
  }

  @Test
  void findsARemovedEnumValue() {
    assertThat(breaks(file -> file.getEnumTypeBuilder(0).removeValue(1)))
        .containsExactly("enum value latchkey.v1.Kind 1 was removed");
  }

  @Test
  void findsARenamedEnumValue() {
    assertThat(breaks(file -> file.getEnumTypeBuilder(0).getValueBuilder(1).setName("OTHER")))
        .containsExactly("latchkey.v1.Kind.1: name was ONE, is OTHER");
  }

  @Test
  void findsARemovedService() {
    assertThat(breaks(FileDescriptorProto.Builder::clearService))
        .containsExactly("service latchkey.v1.Service was removed");
  }

  @Test
  void findsARemovedRpc() {
    assertThat(breaks(file -> file.getServiceBuilder(0).clearMethod()))
        .containsExactly("rpc latchkey.v1.Service Get was removed");
  }

  @Test
  void findsChangedStreaming() {
    assertThat(breaks(file -> rpc(file).setServerStreaming(true).setClientStreaming(true)))
        .containsExactly(
            "latchkey.v1.Service.Get: client streaming was false, is true",
            "latchkey.v1.Service.Get: server streaming was false, is true");
  }

  @Test
  void findsAnotherRequestAndResponse() {
    assertThat(
            breaks(
                file ->
                    rpc(file)
                        .setInputType(".latchkey.v1.Answer")
                        .setOutputType(".latchkey.v1.Ask")))
        .containsExactly(
            "latchkey.v1.Service.Get: request was .latchkey.v1.Ask, is .latchkey.v1.Answer",
            "latchkey.v1.Service.Get: response was .latchkey.v1.Answer, is .latchkey.v1.Ask");
  }

  @Test
  void findsAnotherJavaPackage() {
    assertThat(breaks(file -> file.getOptionsBuilder().setJavaPackage("x")))
        .containsExactly("a.proto: java_package was dev.latchkey.v1, is x");
  }

  @Test
  void tellsWhichBytesAreNotRedacted() {
    assertThat(ContractElements.of(set(RELEASED)).bytes(false))
        .containsExactly("latchkey.v1.Ask.fields");
    FileDescriptorProto.Builder redacted = RELEASED.toBuilder();
    redacted.getMessageTypeBuilder(0).getFieldBuilder(2).getOptionsBuilder().setDebugRedact(true);
    assertThat(ContractElements.of(set(redacted)).bytes(false)).isEmpty();
  }

  @Test
  void tellsWhatHasNoComment() {
    FileDescriptorProto.Builder file = RELEASED.toBuilder();
    SourceCodeInfo.Builder info = file.getSourceCodeInfoBuilder();
    info.addLocationBuilder().addAllPath(List.of(4, 0)).setLeadingComments(" Asks.");
    info.addLocationBuilder().addAllPath(List.of(4, 0, 2, 0)).setTrailingComments(" Its name.");
    info.addLocationBuilder().addAllPath(List.of(4, 0, 2, 1)).setLeadingComments(" ");
    assertThat(ContractElements.of(set(file)).uncommented())
        .doesNotContain("latchkey.v1.Ask", "latchkey.v1.Ask.name")
        .contains(
            "latchkey.v1.Ask.part",
            "latchkey.v1.Answer.Part",
            "latchkey.v1.Kind.ONE",
            "latchkey.v1.Service.Get");
  }

  private static List<String> breaks(Consumer<FileDescriptorProto.Builder> change) {
    FileDescriptorProto.Builder changed = RELEASED.toBuilder();
    change.accept(changed);
    return BreakingChanges.between(set(RELEASED), set(changed));
  }

  private static FieldDescriptorProto.Builder name(FileDescriptorProto.Builder file) {
    return file.getMessageTypeBuilder(0).getFieldBuilder(0);
  }

  private static MethodDescriptorProto.Builder rpc(FileDescriptorProto.Builder file) {
    return file.getServiceBuilder(0).getMethodBuilder(0);
  }

  private static FileDescriptorSet set(FileDescriptorProto file) {
    return FileDescriptorSet.newBuilder().addFile(file).build();
  }

  private static FileDescriptorSet set(FileDescriptorProto.Builder file) {
    return set(file.build());
  }

  private static FileDescriptorSet set(
      FileDescriptorProto file, FileDescriptorProto.Builder other) {
    return FileDescriptorSet.newBuilder().addFile(file).addFile(other).build();
  }

  private static FileDescriptorProto released() {
    FileDescriptorProto.Builder file =
        FileDescriptorProto.newBuilder().setName("a.proto").setPackage("latchkey.v1");
    file.getOptionsBuilder().setJavaPackage("dev.latchkey.v1");
    file.addMessageTypeBuilder()
        .setName("Ask")
        .addField(field("name", 1, FieldDescriptorProto.Type.TYPE_STRING, Label.LABEL_OPTIONAL))
        .addField(
            field("part", 2, FieldDescriptorProto.Type.TYPE_MESSAGE, Label.LABEL_OPTIONAL)
                .setTypeName(".latchkey.v1.Answer.Part"))
        .addField(
            field("fields", 3, FieldDescriptorProto.Type.TYPE_MESSAGE, Label.LABEL_REPEATED)
                .setTypeName(".latchkey.v1.Ask.FieldsEntry"))
        .addNestedType(
            DescriptorProto.newBuilder()
                .setName("FieldsEntry")
                .setOptions(MessageOptions.newBuilder().setMapEntry(true))
                .addField(
                    field("key", 1, FieldDescriptorProto.Type.TYPE_STRING, Label.LABEL_OPTIONAL))
                .addField(
                    field("value", 2, FieldDescriptorProto.Type.TYPE_BYTES, Label.LABEL_OPTIONAL)));
    file.addMessageTypeBuilder()
        .setName("Answer")
        .addNestedType(DescriptorProto.newBuilder().setName("Part"));
    file.addEnumType(
        EnumDescriptorProto.newBuilder()
            .setName("Kind")
            .addValue(EnumValueDescriptorProto.newBuilder().setName("ZERO").setNumber(0))
            .addValue(EnumValueDescriptorProto.newBuilder().setName("ONE").setNumber(1)));
    file.addService(
        ServiceDescriptorProto.newBuilder()
            .setName("Service")
            .addMethod(
                MethodDescriptorProto.newBuilder()
                    .setName("Get")
                    .setInputType(".latchkey.v1.Ask")
                    .setOutputType(".latchkey.v1.Answer")));
    return file.build();
  }

  private static FieldDescriptorProto.Builder field(
      String name, int number, FieldDescriptorProto.Type type, Label label) {
    return FieldDescriptorProto.newBuilder()
        .setName(name)
        .setJsonName(name)
        .setNumber(number)
        .setType(type)
        .setLabel(label);
  }
}
