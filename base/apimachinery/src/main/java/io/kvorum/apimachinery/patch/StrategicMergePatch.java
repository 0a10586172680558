package io.kvorum.apimachinery.patch;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.type.Catalogue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A merge patch that knows from the schema which lists merge by key, and obeys the {@code $} directives. */
public final class StrategicMergePatch implements Patch {
    private final ObjectNode document;
    private final MergeShape shape;

    private StrategicMergePatch(ObjectNode document, MergeShape shape) {
        this.document = document;
        this.shape = shape;
    }

    /**
     * @param schema the schema's name of the objects that it is for
     * @throws ApiException 400 when the patch is not an object
     */
    public static StrategicMergePatch of(JsonNode document, Catalogue catalogue, String schema) {
        if (document instanceof ObjectNode object) {
            return new StrategicMergePatch(object, MergeShape.of(catalogue, schema));
        }
        throw ApiException.badRequest("invalid JSON document");
    }

    @Override
    public JsonNode document() {
        return document;
    }

    @Override
    public ObjectNode applyTo(ObjectNode current) {
        return StrategicMerge.objects(current.deepCopy(), document.deepCopy(), shape);
    }
}
