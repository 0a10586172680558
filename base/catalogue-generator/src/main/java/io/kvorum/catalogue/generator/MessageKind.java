package io.kvorum.catalogue.generator;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.List;
import java.util.Map;

/** How a field's value stands on the wire; the order is the reader's (io.kvorum.apimachinery.protobuf.FieldKind). */
enum MessageKind {
    STRING,
    BOOLEAN,
    WHOLE_NUMBER,
    DOUBLE,
    BYTES,
    MESSAGE,
    TIME,
    MICRO_TIME,
    QUANTITY,
    INT_OR_STRING,
    RAW_JSON,
    TEXTS,
    SCHEMA_OR_SCHEMAS,
    SCHEMA_OR_FLAG,
    SCHEMA_OR_TEXTS;

    private static final String META = "k8s.io.apimachinery.pkg.apis.meta.v1.";
    private static final String EXTENSIONS = "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.";

    /** Messages whose JSON is no object of their fields. */
    private static final Map<String, MessageKind> SPECIAL = Map.ofEntries(
            Map.entry(META + "Time", TIME),
            Map.entry(META + "MicroTime", MICRO_TIME),
            Map.entry(META + "FieldsV1", RAW_JSON),
            Map.entry("k8s.io.apimachinery.pkg.api.resource.Quantity", QUANTITY),
            Map.entry("k8s.io.apimachinery.pkg.util.intstr.IntOrString", INT_OR_STRING),
            Map.entry("k8s.io.apimachinery.pkg.runtime.RawExtension", RAW_JSON),
            Map.entry(EXTENSIONS + "JSON", RAW_JSON),
            Map.entry(EXTENSIONS + "JSONSchemaPropsOrArray", SCHEMA_OR_SCHEMAS),
            Map.entry(EXTENSIONS + "JSONSchemaPropsOrBool", SCHEMA_OR_FLAG),
            Map.entry(EXTENSIONS + "JSONSchemaPropsOrStringArray", SCHEMA_OR_TEXTS),
            Map.entry(META + "Verbs", TEXTS),
            Map.entry("k8s.io.api.authentication.v1.ExtraValue", TEXTS),
            Map.entry("k8s.io.api.authorization.v1.ExtraValue", TEXTS),
            Map.entry("k8s.io.api.certificates.v1.ExtraValue", TEXTS));

    static MessageKind of(FieldDescriptor field) {
        return switch (field.getType()) {
            case STRING -> STRING;
            case BOOL -> BOOLEAN;
            case INT32, INT64 -> WHOLE_NUMBER;
            case DOUBLE -> DOUBLE;
            case BYTES -> BYTES;
            case MESSAGE -> of(field.getMessageType());
            case FLOAT, UINT64, UINT32, FIXED64, FIXED32, SFIXED32, SFIXED64, SINT32, SINT64, ENUM, GROUP ->
                throw new IllegalStateException(
                        "%s is of a type that no field of Kubernetes had so far; teach the codec about it"
                                .formatted(field.getFullName()));
        };
    }

    static MessageKind of(Descriptor message) {
        if (message.getFullName().equals(META + "Duration")) {
            throw new IllegalStateException("no field of Kubernetes was a Duration so far; teach the codec about it");
        }
        return SPECIAL.getOrDefault(message.getFullName(), MESSAGE);
    }

    /** How the file names it: by its place among the others. */
    int place() {
        return List.of(values()).indexOf(this);
    }

    boolean isPlain() {
        return compareTo(BYTES) <= 0;
    }

    boolean refersToMessage() {
        return this == MESSAGE || compareTo(SCHEMA_OR_SCHEMAS) >= 0;
    }
}
