package io.kvorum.pki;

import java.nio.file.Path;

/** Keys or certificates are not as they must be; the text says which file and what to do. */
public final class PkiException extends RuntimeException {
    public PkiException(Path file, String problem) {
        super(file + ": " + problem);
    }

    public PkiException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }

    public PkiException(String problem, Throwable cause) {
        super(problem, cause);
    }

    public PkiException(String problem) {
        super(problem);
    }
}
