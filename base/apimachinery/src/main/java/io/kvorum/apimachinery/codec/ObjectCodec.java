package io.kvorum.apimachinery.codec;

import io.kvorum.apimachinery.protobuf.MalformedProtobuf;
import io.kvorum.apimachinery.protobuf.ProtobufCodec;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Turns request bodies into objects of their type, and objects into bytes. Any thread. */
public final class ObjectCodec {
    private static final int SUMMARY_BYTES = 30;

    private final Catalogue catalogue;
    private final Limits limits;
    private final JsonReader json;
    private final YamlReader yaml;

    public ObjectCodec(Catalogue catalogue, Limits limits) {
        this.catalogue = catalogue;
        this.limits = limits;
        this.json = new JsonReader(limits);
        this.yaml = new YamlReader(limits);
    }

    /**
     * Reads a body. Unknown fields are dropped, plain values take their canonical form, {@code apiVersion} and
     * {@code kind} are filled in.
     *
     * @throws ApiException 400 when it is no object of the target, or strictly not; 413 when it is too large
     */
    public Decoded decode(byte[] body, Encoding encoding, Target target, FieldValidation validation) {
        if (encoding == Encoding.PROTOBUF) {
            ObjectNode object = protobuf(body, target);
            return conform(object, target, validation, List.of());
        }
        Document document = document(body, encoding, target);
        if (!(document.root() instanceof ObjectNode object)) {
            throw unrecognized(
                    body,
                    target,
                    "couldn't get version/kind; json parse error: json: cannot unmarshal %s into Go value of type struct"
                            .formatted(TypeMismatch.word(document.root())));
        }
        identify(object, target);
        List<String> problems = new ArrayList<>();
        document.duplicates().forEach(path -> problems.add("duplicate field \"" + path + "\""));
        return conform(object, target, validation, problems);
    }

    /**
     * Brings an object that is already a tree (a patched one) into the form of its type; changes it in place.
     *
     * @throws ApiException 400 as {@link #decode}
     */
    public Decoded conform(ObjectNode object, Target target, FieldValidation validation) {
        identify(object, target);
        return conform(object, target, validation, List.of());
    }

    private ObjectNode protobuf(byte[] body, Target target) {
        ProtobufCodec protobuf = ProtobufCodec.builtIn();
        if (!protobuf.knows(target.schema())) {
            throw Negotiation.onlyText();
        }
        refuseTooLarge(body);
        try {
            ProtobufCodec.Identity identity = ProtobufCodec.identity(body);
            checkIdentity(identity.apiVersion(), identity.kind(), target);
            ObjectNode object = protobuf.decode(body, target.schema());
            identify(object, target);
            return object;
        } catch (MalformedProtobuf e) {
            throw unrecognized(body, target, e.problem());
        }
    }

    /** Any document, such as a patch; one in protobuf must be of a kind that says what it is. */
    public JsonNode parse(byte[] body, Encoding encoding) {
        refuseTooLarge(body);
        try {
            return switch (encoding) {
                case JSON -> json.read(body).root();
                case YAML -> yaml.read(body).root();
                case PROTOBUF -> ProtobufCodec.builtIn().decode(body);
            };
        } catch (MalformedProtobuf e) {
            throw ApiException.badRequest("error decoding the body: " + e.getMessage());
        } catch (Document.Unreadable e) {
            throw ApiException.badRequest("error decoding the body: " + e.getMessage());
        }
    }

    private void refuseTooLarge(byte[] body) {
        if (body.length > limits.maxBytes()) {
            throw ApiException.bodyTooLarge(limits.maxBytes());
        }
    }

    private Document document(byte[] body, Encoding encoding, Target target) {
        refuseTooLarge(body);
        try {
            return encoding == Encoding.YAML ? yaml.read(body) : json.read(body);
        } catch (Document.Unreadable e) {
            throw unrecognized(body, target, "couldn't get version/kind; json parse error: " + e.getMessage());
        }
    }

    private static ApiException unrecognized(byte[] body, Target target, String why) {
        return ApiException.badRequest("the object provided is unrecognized (must be of type %s): %s (%s)"
                .formatted(target.kind().kind(), why, summary(body)));
    }

    private static String summary(byte[] body) {
        if (body.length == 0) {
            return "<empty>";
        }
        int shown = Math.min(body.length, SUMMARY_BYTES);
        String start = body[0] == '{'
                ? new String(body, 0, shown, StandardCharsets.UTF_8)
                : HexFormat.of().formatHex(body, 0, shown);
        return shown < body.length ? start + " ..." : start;
    }

    /** Checks apiVersion and kind against what was expected, and fills them in where the client left them out. */
    private static void identify(ObjectNode object, Target target) {
        checkIdentity(Tree.text(object, "apiVersion"), Tree.text(object, "kind"), target);
        Tree.fill(object, "apiVersion", target.kind().groupVersion().apiVersion());
        Tree.fill(object, "kind", target.kind().kind());
    }

    private static void checkIdentity(String apiVersion, String kind, Target target) {
        String expectedVersion = target.kind().groupVersion().apiVersion();
        if (!kind.isEmpty() && !kind.equals(target.kind().kind())) {
            throw wrongKind(apiVersion, kind, target);
        }
        if (!target.takesAnyVersion() && !apiVersion.isEmpty() && !apiVersion.equals(expectedVersion)) {
            throw ApiException.badRequest(
                    "the API version in the data (%s) does not match the expected API version (%s)"
                            .formatted(apiVersion, expectedVersion));
        }
    }

    private static ApiException wrongKind(String apiVersion, String kind, Target target) {
        GroupVersion version = GroupVersion.parse(apiVersion);
        return ApiException.badRequest(
                "%s in version \"%s\" cannot be handled as a %s: converting (%s.%s) to (%s.%s): unknown conversion"
                        .formatted(
                                kind,
                                version.version(),
                                target.kind().kind(),
                                version.version(),
                                kind,
                                target.kind().version(),
                                target.kind().kind()));
    }

    private Decoded conform(ObjectNode object, Target target, FieldValidation validation, List<String> duplicates) {
        Conformer conformer = new Conformer(catalogue);
        try {
            conformer.conform(object, target.schema());
        } catch (TypeMismatch e) {
            throw cannotBeHandled(target, e.problem());
        }
        List<String> problems = new ArrayList<>();
        conformer.unknownFields().forEach(path -> problems.add("unknown field \"" + path + "\""));
        problems.addAll(duplicates);
        return switch (validation) {
            case IGNORE -> new Decoded(object, List.of());
            case WARN -> new Decoded(object, problems);
            case STRICT -> {
                if (!problems.isEmpty()) {
                    throw cannotBeHandled(target, "strict decoding error: " + String.join(", ", problems));
                }
                yield new Decoded(object, List.of());
            }
        };
    }

    private static ApiException cannotBeHandled(Target target, String why) {
        return ApiException.badRequest("%s in version \"%s\" cannot be handled as a %s: %s"
                .formatted(
                        target.kind().kind(),
                        target.kind().version(),
                        target.kind().kind(),
                        why));
    }

    /** Reads what was stored: JSON that the server wrote itself. */
    public ObjectNode stored(byte[] bytes) {
        try {
            return (ObjectNode) json.read(bytes).root();
        } catch (Document.Unreadable e) {
            throw ApiException.internal("a stored object cannot be read: " + e.getMessage());
        }
    }
}
