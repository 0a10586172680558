package io.kvorum.apiserver.handle;

import io.kvorum.apimachinery.codec.Decoded;
import io.kvorum.apimachinery.codec.Encoding;
import io.kvorum.apimachinery.codec.Limits;
import io.kvorum.apimachinery.codec.Negotiation;
import io.kvorum.apimachinery.codec.ObjectCodec;
import io.kvorum.apimachinery.codec.Target;
import io.kvorum.apimachinery.patch.JsonPatch;
import io.kvorum.apimachinery.patch.MergePatch;
import io.kvorum.apimachinery.patch.Patch;
import io.kvorum.apimachinery.patch.PatchType;
import io.kvorum.apimachinery.patch.StrategicMergePatch;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.http.BodyTooLarge;
import io.kvorum.registry.DeleteOptions;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads what requests carry: objects, patches, options; any thread. */
final class Bodies {
    private static final List<PatchType> PATCHES =
            List.of(PatchType.JSON, PatchType.MERGE, PatchType.STRATEGIC, PatchType.APPLY);

    private final Catalogue catalogue;
    private final ObjectCodec codec;

    Bodies(Catalogue catalogue) {
        this.catalogue = catalogue;
        this.codec = new ObjectCodec(catalogue, Limits.UPSTREAM);
    }

    private static byte[] read(Call call) throws IOException {
        try (InputStream body = call.exchange().body()) {
            byte[] bytes = body.readNBytes(Limits.UPSTREAM.maxBytes() + 1);
            if (bytes.length > Limits.UPSTREAM.maxBytes()) {
                throw ApiException.bodyTooLarge(Limits.UPSTREAM.maxBytes());
            }
            return bytes;
        } catch (BodyTooLarge e) {
            throw ApiException.bodyTooLarge(e.limitBytes());
        }
    }

    /** The body as an object of the resource's kind; warns of what it does not know. */
    ObjectNode object(Call call) throws IOException {
        Encoding encoding = Negotiation.body(call.header("Content-Type"));
        Decoded decoded = codec.decode(read(call), encoding, Target.of(call.type()), call.fieldValidation());
        call.warn(decoded.warnings());
        return decoded.object();
    }

    /** The body as an object of some other kind, such as a Binding. */
    ObjectNode loose(Call call) throws IOException {
        JsonNode body = codec.parse(read(call), Negotiation.body(call.header("Content-Type")));
        if (body instanceof ObjectNode object) {
            return object;
        }
        throw ApiException.badRequest("the body of the request must be a JSON object");
    }

    /** Brings a patched object into the form of its kind. */
    Decoded conform(Call call, ObjectNode patched) {
        return codec.conform(patched, Target.of(call.type()), call.fieldValidation());
    }

    /** @param schema of what is patched */
    Patch patch(Call call, String schema) throws IOException {
        PatchType type = PatchType.of(call.header("Content-Type"), PATCHES);
        if (type == PatchType.APPLY) {
            throw ApiException.unsupportedMediaType("server-side apply is not served here; apply the object itself");
        }
        if (call.exchange().query().flag("force")) {
            throw patchOption("FieldValueForbidden", "Forbidden: may not be specified for non-apply patch", "force");
        }
        JsonNode document = codec.parse(read(call), Encoding.JSON);
        return switch (type) {
            case JSON -> JsonPatch.of(document);
            case STRATEGIC -> StrategicMergePatch.of(document, catalogue, schema);
            case MERGE, APPLY -> new MergePatch(document);
        };
    }

    static boolean isApply(Call call) {
        return PatchType.of(call.header("Content-Type"), PATCHES) == PatchType.APPLY;
    }

    /** What a server-side apply wants; without a field manager it wants nothing. */
    ObjectNode configuration(Call call) throws IOException {
        if (call.parameter("fieldManager").isEmpty()) {
            throw patchOption("FieldValueRequired", "Required value: is required for apply patch", "fieldManager");
        }
        Decoded decoded = codec.decode(read(call), Encoding.YAML, Target.of(call.type()), call.fieldValidation());
        ObjectNode metadata = Tree.ensureObject(decoded.object(), "metadata");
        if (metadata.has("managedFields")) {
            throw ApiException.badRequest("metadata.managedFields must be nil");
        }
        Tree.fill(metadata, "name", call.info().name());
        if (!call.namespace().isEmpty()) {
            Tree.fill(metadata, "namespace", call.namespace());
        }
        metadata.remove("creationTimestamp");
        call.warn(decoded.warnings());
        return decoded.object();
    }

    private static ApiException patchOption(String reason, String message, String field) {
        return ApiException.invalid("PatchOptions", "meta.k8s.io", "", List.of(new Cause(reason, message, field)));
    }

    /** What a delete asks for in its body or else in its query. */
    record Deletion(DeleteOptions options, boolean isDryRun) {}

    Deletion deletion(Call call) throws IOException {
        byte[] bytes = read(call);
        if (bytes.length == 0) {
            String grace = call.parameter("gracePeriodSeconds");
            String propagation = call.parameter("propagationPolicy");
            if (propagation.isEmpty()
                    && call.exchange().query().first("orphanDependents").isPresent()) {
                propagation = call.exchange().query().flag("orphanDependents") ? "Orphan" : "Background";
            }
            return new Deletion(
                    new DeleteOptions(grace.isEmpty() ? null : seconds(grace), propagation(propagation), "", ""),
                    call.isDryRun());
        }
        Encoding encoding = Negotiation.body(call.header("Content-Type"));
        ObjectNode body = codec.decode(bytes, encoding, Target.deleteOptions(), call.fieldValidation())
                .object();
        return new Deletion(
                deleteOptions(body), call.isDryRun() || !body.path("dryRun").isEmpty());
    }

    static DeleteOptions deleteOptions(JsonNode body) {
        JsonNode grace = body.path("gracePeriodSeconds");
        String propagation = body.path("propagationPolicy").asString("");
        if (propagation.isEmpty() && body.path("orphanDependents").isBoolean()) {
            propagation = body.path("orphanDependents").booleanValue() ? "Orphan" : "Background";
        }
        JsonNode preconditions = body.path("preconditions");
        return new DeleteOptions(
                grace.isNumber() ? Long.valueOf(grace.asLong()) : null,
                propagation(propagation),
                preconditions.path("uid").asString(""),
                preconditions.path("resourceVersion").asString(""));
    }

    private static String propagation(String value) {
        return switch (value) {
            case "", "Orphan", "Background", "Foreground" -> value;
            default ->
                throw ApiException.badRequest(
                        "propagationPolicy: Unsupported value: \"%s\": supported values: \"Foreground\", \"Background\", \"Orphan\""
                                .formatted(value));
        };
    }

    private static long seconds(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("gracePeriodSeconds: must be a whole number, got \"" + text + "\"");
        }
    }
}
