package io.kvorum.registry;

import io.kvorum.apimachinery.defaulting.Defaults;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.ResourceType;
import io.kvorum.apimachinery.validation.Validation;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Defaulting and validation around a write; any thread. */
final class ObjectRules {
    private final Validation validation;

    ObjectRules(Catalogue catalogue) {
        this.validation = new Validation(catalogue);
    }

    /** Fills in, in place, what the client left out. */
    void fill(ResourceType type, ObjectNode object) {
        Defaults.apply(type, object);
    }

    /** @throws ApiException 422 that lists all that is wrong */
    void checkNew(ResourceType type, ObjectNode object) {
        refuse(type, object, validation.create(type, object));
    }

    /** @throws ApiException 422 that lists all that is wrong */
    void checkChanged(ResourceType type, Part part, ObjectNode object, ObjectNode old) {
        refuse(
                type,
                object,
                part == Part.OBJECT
                        ? validation.update(type, object, old)
                        : validation.updateOfPart(type, object, old));
    }

    private static void refuse(ResourceType type, ObjectNode object, List<Cause> problems) {
        if (!problems.isEmpty()) {
            throw ApiException.invalid(
                    type.kind(), type.id().group(), Metadata.of(object).name(), problems);
        }
    }
}
