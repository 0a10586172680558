package io.kvorum.apimachinery.protobuf;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Runtime.Unknown;
import io.kvorum.apimachinery.codec.Encoding;
import io.kvorum.apimachinery.codec.FieldValidation;
import io.kvorum.apimachinery.codec.Limits;
import io.kvorum.apimachinery.codec.ObjectCodec;
import io.kvorum.apimachinery.codec.Target;
import io.kvorum.apimachinery.type.BuiltInCatalogue;
import io.kvorum.apimachinery.type.GroupVersionKind;
import io.kvorum.apimachinery.type.ResourceType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/** Holds the codec against upstream's own classes, kind by kind. */
class EveryKindTest {
    private static final BuiltInCatalogue CATALOGUE = BuiltInCatalogue.load();
    private static final ProtobufCodec CODEC = ProtobufCodec.builtIn();
    private static final Map<String, Descriptor> DESCRIPTORS = descriptors();
    private static final int OBJECTS_PER_KIND = 30;

    private static Map<String, Descriptor> descriptors() {
        Map<String, Descriptor> found = new TreeMap<>();
        try (JarFile jar = new JarFile(
                Meta.class.getProtectionDomain().getCodeSource().getLocation().getPath())) {
            List<String> files = jar.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.startsWith("io/kubernetes/client/proto/")
                            && name.endsWith(".class")
                            && !name.contains("$"))
                    .map(name -> name.replace(".class", "").replace('/', '.'))
                    .toList();
            for (String file : files) {
                FileDescriptor descriptor = (FileDescriptor)
                        Class.forName(file).getMethod("getDescriptor").invoke(null);
                descriptor.getMessageTypes().forEach(each -> found.put(each.getFullName(), each));
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return found;
    }

    static Stream<String> kinds() {
        return CATALOGUE.schemaNames().stream()
                .filter(name -> CODEC.knows(name) && !CATALOGUE.kindsOf(name).isEmpty())
                .filter(name -> !name.endsWith(".WatchEvent")); // has no envelope, and no kind of its own
    }

    @Test
    void onlyTheKindsOfTheAggregatorAndOfK3sDoNotTravel() {
        List<String> others = CATALOGUE.resources().stream()
                .map(ResourceType::schema)
                .filter(schema -> !CODEC.knows(schema))
                .toList();

        assertThat(others)
                .containsExactly(
                        "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService",
                        "io.cattle.k3s.v1.ETCDSnapshotFile");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatIsWrittenIsReadAgain(String schema) {
        for (int seed = 0; seed < OBJECTS_PER_KIND; seed++) {
            ObjectNode object = random(schema, seed);

            byte[] bytes = CODEC.encode(object, schema);

            assertThat(CODEC.decode(bytes, schema)).as("seed %d", seed).isEqualTo(object);
            assertThat(CODEC.decode(bytes)).as("seed %d", seed).isEqualTo(object);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void upstreamsClassesKnowEveryFieldAndWriteWhatWeRead(String schema) throws Exception {
        Descriptor descriptor =
                DESCRIPTORS.get(schema.replaceFirst("^io\\.k8s", "k8s.io").replace("apiextensions-", "apiextensions_"));
        for (int seed = 0; seed < OBJECTS_PER_KIND; seed++) {
            ObjectNode object = random(schema, seed);
            Unknown envelope = unwrapped(CODEC.encode(object, schema));
            assertThat(envelope.getTypeMeta().getKind())
                    .isEqualTo(object.get("kind").stringValue());

            DynamicMessage parsed = DynamicMessage.parseFrom(descriptor, envelope.getRaw());

            assertThat(unknownFields(parsed)).as("seed %d", seed).isEmpty();
            byte[] theirs =
                    wrapped(envelope.toBuilder().setRaw(parsed.toByteString()).build());
            assertThat(CODEC.decode(theirs, schema)).as("seed %d", seed).isEqualTo(object);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aBodyInProtobufBecomesWhatTheSameBodyInJsonDoes(String schema) {
        GroupVersionKind kind = CATALOGUE.kindsOf(schema).getFirst();
        ObjectCodec codec = new ObjectCodec(CATALOGUE, Limits.UPSTREAM);
        for (int seed = 0; seed < OBJECTS_PER_KIND; seed++) {
            ObjectNode object = random(schema, seed);

            ObjectNode fromProtobuf = codec.decode(
                            CODEC.encode(object, schema),
                            Encoding.PROTOBUF,
                            Target.of(kind, schema),
                            FieldValidation.STRICT)
                    .object();

            ObjectNode fromJson = codec.conform(object.deepCopy(), Target.of(kind, schema), FieldValidation.STRICT)
                    .object();
            assertThat(fromProtobuf).as("seed %d", seed).isEqualTo(fromJson);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void damagedBytesAreRefusedOrReadButNeverBreakTheReader(String schema) {
        Random random = new Random(7);
        byte[] whole = CODEC.encode(random(schema, 1), schema);
        for (int i = 0; i < 200; i++) {
            byte[] damaged = Arrays.copyOf(whole, random.nextInt(4, whole.length + 1));
            for (int hits = random.nextInt(3); hits > 0 && damaged.length > 4; hits--) {
                damaged[random.nextInt(4, damaged.length)] = (byte) random.nextInt();
            }
            try {
                CODEC.decode(damaged, schema);
            } catch (MalformedProtobuf expected) {
                assertThat(expected).hasMessageStartingWith("proto: ");
            }
        }
    }

    private static ObjectNode random(String schema, int seed) {
        GroupVersionKind kind = CATALOGUE.kindsOf(schema).getFirst();
        ObjectNode object = new RandomObjects(CATALOGUE, new Random(seed)).object(schema);
        object.put("kind", kind.kind());
        object.put("apiVersion", kind.groupVersion().apiVersion());
        return object;
    }

    private static Unknown unwrapped(byte[] bytes) throws Exception {
        return Unknown.parseFrom(Arrays.copyOfRange(bytes, 4, bytes.length));
    }

    private static byte[] wrapped(Unknown envelope) {
        byte[] body = envelope.toByteArray();
        byte[] bytes = new byte[4 + body.length];
        System.arraycopy(new byte[] {'k', '8', 's', 0}, 0, bytes, 0, 4);
        System.arraycopy(body, 0, bytes, 4, body.length);
        return bytes;
    }

    private static List<String> unknownFields(Message message) {
        List<String> found = new ArrayList<>();
        if (!message.getUnknownFields().asMap().isEmpty()) {
            found.add(message.getDescriptorForType().getFullName() + " " + message.getUnknownFields());
        }
        for (Object value : message.getAllFields().values()) {
            List<?> values = value instanceof List<?> list ? list : List.of(value);
            values.stream()
                    .filter(Message.class::isInstance)
                    .forEach(each -> found.addAll(unknownFields((Message) each)));
        }
        return found;
    }
}
