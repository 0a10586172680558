package io.kvorum.apimachinery.protobuf;

/** The low three bits of a tag. */
enum WireType {
    VARINT(0),
    FIXED64(1),
    LENGTH(2),
    GROUP_START(3),
    GROUP_END(4),
    FIXED32(5);

    private final int number;

    WireType(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static WireType of(int tag) {
        return switch (tag & 7) {
            case 0 -> VARINT;
            case 1 -> FIXED64;
            case 2 -> LENGTH;
            case 3 -> GROUP_START;
            case 4 -> GROUP_END;
            case 5 -> FIXED32;
            default -> throw new MalformedProtobuf("illegal wireType " + (tag & 7));
        };
    }
}
