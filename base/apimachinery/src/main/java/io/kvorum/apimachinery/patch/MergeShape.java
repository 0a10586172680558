package io.kvorum.apimachinery.patch;

import io.kvorum.apimachinery.schema.ObjectSchema.Field;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType.ListOf;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType.MapOf;
import io.kvorum.apimachinery.schema.ObjectSchema.FieldType.Reference;
import io.kvorum.apimachinery.type.Catalogue;

/** What the schema says about one place of an object, as far as merging needs to know. */
record MergeShape(Catalogue catalogue, FieldType type) {
    static MergeShape of(Catalogue catalogue, String schema) {
        return new MergeShape(catalogue, new Reference(schema));
    }

    MergeShape field(String name) {
        FieldType child = switch (type) {
            case Reference reference ->
                catalogue
                        .schema(reference.schema())
                        .flatMap(schema -> schema.field(name))
                        .map(Field::type)
                        .orElse(new FieldType.Free());
            case MapOf map -> map.value();
            case FieldType.Scalar _, ListOf _, FieldType.Free() -> new FieldType.Free();
        };
        return new MergeShape(catalogue, child);
    }

    MergeShape item() {
        return new MergeShape(catalogue, type instanceof ListOf list ? list.item() : new FieldType.Free());
    }

    /** Whether a list here is merged, not replaced. */
    boolean isMergedList() {
        return type instanceof ListOf list && list.merge().patchStrategies().contains("merge");
    }

    /** The field that tells a list's elements apart; empty for a list of plain values. */
    String mergeKey() {
        if (type instanceof ListOf list && list.merge().patchMergeKey() != null) {
            return list.merge().patchMergeKey();
        }
        return "";
    }
}
