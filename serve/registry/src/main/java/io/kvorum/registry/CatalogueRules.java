package io.kvorum.registry;

import io.kvorum.apimachinery.defaulting.Defaults;
import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.type.ResourceType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The rules of the built-in kinds. */
final class CatalogueRules implements ObjectRules {
    @Override
    public void fill(ResourceType type, ObjectNode object) {
        Defaults.apply(type, object);
    }

    @Override
    public List<Cause> problems(ResourceType type, ObjectNode object, @Nullable ObjectNode old) {
        List<Cause> causes = new ArrayList<>();
        if (Metadata.of(object).name().isEmpty()) {
            causes.add(new Cause(
                    "FieldValueRequired", "Required value: name or generateName is required", "metadata.name"));
        }
        return causes;
    }
}
