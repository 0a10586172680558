package io.kvorum.apimachinery.protobuf;

/** Bytes that are no protobuf, or not of the type they should be; the message says how. */
public final class MalformedProtobuf extends RuntimeException {
    private final String problem;

    MalformedProtobuf(String problem) {
        super("proto: " + problem);
        this.problem = "proto: " + problem;
    }

    public String problem() {
        return problem;
    }
}
