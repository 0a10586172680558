package io.kvorum.apimachinery.protobuf;

/** A tree that is not of its type, which whoever checks objects at the door should not have let in. */
final class UnfitTree extends RuntimeException {
    UnfitTree(String problem) {
        super("cannot write as protobuf: " + problem);
    }
}
