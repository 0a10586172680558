package io.kvorum.etcdctl.print;

/** The chosen output format has no way to show this answer. */
public final class Unsupported extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unsupported(String format) {
        super(format + " not supported as output format", null, false, false);
    }
}
