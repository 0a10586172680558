package io.kvorum.etcdctl.session;

/** A run that ends with a message on standard error, or none, and an exit code. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The exit codes of etcd's command line. */
    public enum Code {
        ERROR(1),
        BAD_CONNECTION(2),
        INVALID_INPUT(3),
        BAD_FEATURE(4),
        INTERRUPTED(5),
        IO(6),
        BAD_ARGUMENTS(128);

        private final int number;

        Code(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    private final int exitCode;

    public Failure(Code code, String message) {
        this(code.number(), message);
    }

    private Failure(int exitCode, String message) {
        super(message, null, false, false);
        this.exitCode = exitCode;
    }

    public static Failure badArguments(String message) {
        return new Failure(Code.BAD_ARGUMENTS, message);
    }

    public static Failure error(String message) {
        return new Failure(Code.ERROR, message);
    }

    /** All was said already. */
    public static Failure silent(int exitCode) {
        return new Failure(exitCode, "");
    }

    public int exitCode() {
        return exitCode;
    }

    /** What to show; empty when all was said already. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
