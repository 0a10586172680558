package io.kvorum.apimachinery.schema;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one type.
 *
 * @param name such as {@code io.k8s.api.core.v1.Pod}
 * @param isAtomic whether server-side apply replaces it as a whole (map type {@code atomic})
 */
public record ObjectSchema(String name, String description, List<Field> fields, boolean isAtomic) {
    public ObjectSchema {
        fields = List.copyOf(fields);
    }

    public ObjectSchema(String name, String description, List<Field> fields) {
        this(name, description, fields, false);
    }

    public Optional<Field> field(String fieldName) {
        return fields.stream().filter(field -> field.name().equals(fieldName)).findFirst();
    }

    /** @param isRequired whether upstream's OpenAPI lists it as required */
    public record Field(String name, FieldType type, String description, boolean isRequired, Traits traits) {
        public Field(String name, FieldType type, String description, boolean isRequired) {
            this(name, type, description, isRequired, Traits.NONE);
        }
    }

    /**
     * What few fields have.
     *
     * @param defaultJson the value, as JSON, that the server fills in where the field is absent; null without one
     * @param mapType {@code atomic} or {@code granular}, which overrules the field's type; null without one
     * @param patchStrategies of strategic merge, also for what is not a list (a Deployment's strategy retains keys)
     */
    public record Traits(
            @Nullable String defaultJson, @Nullable String mapType, List<String> patchStrategies) {
        public static final Traits NONE = new Traits(null, null, List.of());

        public Traits {
            patchStrategies = List.copyOf(patchStrategies);
        }
    }

    /** What a field holds. */
    public sealed interface FieldType {
        /** A plain value; {@code allowed} lists an enumeration's values, empty when free. */
        record Scalar(Form form, List<String> allowed) implements FieldType {
            public Scalar {
                allowed = List.copyOf(allowed);
            }
        }

        /** Another type, by its name in the catalogue. */
        record Reference(String schema) implements FieldType {}

        /** @param merge how two lists become one in a patch or an apply */
        record ListOf(FieldType item, ListMerge merge) implements FieldType {}

        /** String keys to values. */
        record MapOf(FieldType value) implements FieldType {}

        /** Anything at all (RawExtension, JSON, FieldsV1). */
        record Free() implements FieldType {}
    }

    /** The JSON form of a plain value. */
    public enum Form {
        STRING,
        BOOLEAN,
        INT32,
        INT64,
        DOUBLE,
        QUANTITY,
        INT_OR_STRING,
        TIME,
        MICRO_TIME,
        DURATION,
        BASE64
    }

    /**
     * How lists merge.
     *
     * @param listType {@code atomic}, {@code set}, {@code map}; null where upstream says nothing (atomic)
     * @param mapKeys the keys of a {@code map} list, for server-side apply
     * @param patchStrategies of strategic merge: {@code merge}, {@code replace}, {@code retainKeys}
     * @param patchMergeKey the key of strategic merge; null without one
     */
    public record ListMerge(
            @Nullable String listType,
            List<String> mapKeys,
            List<String> patchStrategies,
            @Nullable String patchMergeKey) {
        public static final ListMerge ATOMIC = new ListMerge(null, List.of(), List.of(), null);

        public ListMerge {
            mapKeys = List.copyOf(mapKeys);
            patchStrategies = List.copyOf(patchStrategies);
        }
    }
}
