package io.kvorum.apimachinery.openapi;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** One protobuf message in the making: text, flags and messages are all that OpenAPI documents are made of. */
final class ProtoMessage {
    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    ProtoMessage text(int field, String value) {
        return block(field, value.getBytes(StandardCharsets.UTF_8));
    }

    ProtoMessage flag(int field, boolean value) {
        writeVarint(field << 3 | VARINT);
        writeVarint(value ? 1 : 0);
        return this;
    }

    ProtoMessage message(int field, ProtoMessage value) {
        return block(field, value.bytes());
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    private ProtoMessage block(int field, byte[] value) {
        writeVarint(field << 3 | LENGTH_DELIMITED);
        writeVarint(value.length);
        bytes.writeBytes(value);
        return this;
    }

    private void writeVarint(int value) {
        int rest = value;
        while (rest > 0x7f) {
            bytes.write((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        bytes.write(rest);
    }
}
