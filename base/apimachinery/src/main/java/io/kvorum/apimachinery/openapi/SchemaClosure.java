package io.kvorum.apimachinery.openapi;

import io.kvorum.apimachinery.schema.ObjectSchema;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType;
import io.kvorum.apimachinery.type.Catalogue;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;

/** All schemas that some paths need: those they name, and what these refer to. */
final class SchemaClosure {
    private final Catalogue catalogue;
    private final TreeMap<String, ObjectSchema> found = new TreeMap<>();
    private final Deque<String> open = new ArrayDeque<>();

    private SchemaClosure(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** Sorted by name. */
    static Collection<ObjectSchema> of(Catalogue catalogue, List<PathItem> paths) {
        SchemaClosure closure = new SchemaClosure(catalogue);
        for (PathItem path : paths) {
            for (Operation operation : path.operations()) {
                closure.open.add(operation.requestSchema());
                closure.open.add(operation.responseSchema());
            }
        }
        closure.follow();
        return closure.found.values();
    }

    private void follow() {
        while (!open.isEmpty()) {
            String name = open.pop();
            if (!found.containsKey(name)) {
                catalogue.schema(name).ifPresent(schema -> {
                    found.put(name, schema);
                    schema.fields().forEach(field -> note(field.type()));
                });
            }
        }
    }

    private void note(FieldType type) {
        switch (type) {
            case FieldType.Reference reference -> open.add(reference.schema());
            case FieldType.ListOf list -> note(list.item());
            case FieldType.MapOf map -> note(map.value());
            case FieldType.Scalar _, FieldType.Free _ -> {}
        }
    }
}
