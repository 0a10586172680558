package io.kvorum.apimachinery.protobuf;

/**
 * A field of a message.
 *
 * @param dropsZero whether an empty text, false or 0 means that the field is absent: Go writes every field that is no
 *     pointer, and leaves such a one out of JSON
 * @param target the place of the message that it refers to; -1 without one
 */
record MessageField(int number, Shape shape, FieldKind kind, boolean dropsZero, String jsonName, int target) {
    enum Shape {
        SINGLE,
        LIST,
        /** From strings. */
        MAP,
        /** A message whose fields stand flat in JSON. */
        INLINE
    }

    int tag() {
        return tag(number, kind.wireType());
    }

    static int tag(int number, WireType type) {
        return (number << 3) | type.number();
    }
}
