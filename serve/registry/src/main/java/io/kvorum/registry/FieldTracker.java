package io.kvorum.registry;

import io.kvorum.apimachinery.apply.FieldManager;
import io.kvorum.apimachinery.apply.FieldOwnership;
import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.apimachinery.type.ResourceType;
import java.time.InstantSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Brings {@code managedFields} up to date with a write; any thread. */
final class FieldTracker {
    private static final String FIELD = "managedFields";

    private final FieldOwnership ownership;
    private final InstantSource clock;

    FieldTracker(FieldOwnership ownership, InstantSource clock) {
        this.ownership = ownership;
        this.clock = clock;
    }

    /** What a client's object says of owners. */
    static JsonNode given(ObjectNode object) {
        return Tree.at(object, "metadata", FIELD);
    }

    /** The owners of a new object as the client and admission made it. */
    ArrayNode atCreation(ResourceType type, ObjectNode object, Tracking tracking) {
        return switch (tracking) {
            case Tracking.Kept() -> Tree.array();
            case Tracking.Given() -> given(object) instanceof ArrayNode fields ? fields.deepCopy() : Tree.array();
            case Tracking.By(FieldManager manager) -> {
                ObjectNode plain = object.deepCopy();
                Tree.ensureObject(plain, "metadata").remove(FIELD);
                yield ownership.afterUpdate(type, Tree.object(), plain, manager, Metadata.time(clock.instant()));
            }
        };
    }

    /**
     * Sets the owners of the new state, whose metadata is already right but for them.
     *
     * @param given by the client
     */
    void atChange(ResourceType type, JsonNode given, ObjectNode next, ObjectNode old, Tracking tracking) {
        switch (tracking) {
            case Tracking.Kept() -> {}
            case Tracking.Given() -> set(next, given instanceof ArrayNode fields ? fields.deepCopy() : Tree.array());
            case Tracking.By(FieldManager manager) -> {
                if (given instanceof ArrayNode fields) {
                    Tree.ensureObject(next, "metadata").set(FIELD, fields.deepCopy());
                }
                set(next, ownership.afterUpdate(type, old, next, manager, Metadata.time(clock.instant())));
            }
        }
    }

    static void set(ObjectNode object, ArrayNode fields) {
        ObjectNode metadata = Tree.ensureObject(object, "metadata");
        if (fields.isEmpty()) {
            metadata.remove(FIELD);
        } else {
            metadata.set(FIELD, fields);
        }
    }
}
