package io.kvorum.registry;

import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.ResourceType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The rules of the built-in kinds. */
final class CatalogueRules implements ObjectRules {
    private final Catalogue catalogue;

    CatalogueRules(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    @Override
    public void fill(ResourceType type, ObjectNode object) {
        catalogue.resource(type.id());
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
