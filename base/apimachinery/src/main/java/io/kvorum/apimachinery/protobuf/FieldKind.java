package io.kvorum.apimachinery.protobuf;

/** How a value stands on the wire and in JSON; the order is that of the tables' writer. */
enum FieldKind {
    STRING,
    BOOLEAN,
    /** Of 32 or 64 bits. */
    WHOLE_NUMBER,
    DOUBLE,
    /** Base64 in JSON. */
    BYTES,
    MESSAGE,
    TIME,
    MICRO_TIME,
    QUANTITY,
    INT_OR_STRING,
    /** Any JSON, as text inside a message. */
    RAW_JSON,
    /** A list of strings inside a message, so that it can be a map's value. */
    TEXTS,
    SCHEMA_OR_SCHEMAS,
    SCHEMA_OR_FLAG,
    SCHEMA_OR_TEXTS;

    boolean refersToMessage() {
        return this == MESSAGE || compareTo(SCHEMA_OR_SCHEMAS) >= 0;
    }

    WireType wireType() {
        return switch (this) {
            case BOOLEAN, WHOLE_NUMBER -> WireType.VARINT;
            case DOUBLE -> WireType.FIXED64;
            case STRING,
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
                    SCHEMA_OR_TEXTS -> WireType.LENGTH;
        };
    }
}
