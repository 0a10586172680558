package io.kvorum.node.secrets;

/** A change of the keys of Secrets that cannot be made now; the text says why and what to do. */
final class ChangeRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    ChangeRefused(String message) {
        super(message);
    }
}
