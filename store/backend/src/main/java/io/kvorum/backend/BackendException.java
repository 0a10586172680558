package io.kvorum.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The file did not do what was asked; a batch that met one of these changed nothing. */
public abstract sealed class BackendException extends RuntimeException {
    private static final long NEARLY_FULL_BYTES = 16 << 20;
    private static final int EIO = 5;
    private static final int ENOSPC = 28;
    private static final int EROFS = 30;
    private static final int EDQUOT = 122;
    private static final int MDB_CORRUPTED = -30796;
    private static final int MDB_PAGE_NOTFOUND = -30797;
    private static final int MDB_VERSION_MISMATCH = -30794;
    private static final int MDB_INVALID = -30793;
    private static final int MDB_MAP_FULL = -30792;
    private static final int MDB_READERS_FULL = -30790;

    private BackendException(String message) {
        super(message);
    }

    /** There is no room: on the disk, or in the map. The same batch may succeed later. */
    public static final class NoSpace extends BackendException {
        NoSpace(Path folder, String reason) {
            super("the database in %s has no room: %s".formatted(folder, reason));
        }
    }

    /** The content of the file is not what LMDB wrote. */
    public static final class Corrupt extends BackendException {
        public Corrupt(Path folder, String reason) {
            super(
                    "the database in %s is damaged: %s; restore a snapshot, or remove the folder and let the member join anew"
                            .formatted(folder, reason));
        }
    }

    /** Too many views are open, for longer than the caller would wait. */
    public static final class TooManyViews extends BackendException {
        TooManyViews(Path folder, int limit) {
            super("all %d views of the database in %s are in use".formatted(limit, folder));
        }
    }

    /** The file cannot be used: rights, a broken disk, a wrong version. */
    public static final class Unusable extends BackendException {
        Unusable(Path folder, String reason) {
            super("the database in %s cannot be used: %s".formatted(folder, reason));
        }
    }

    /** The backend is closed. */
    public static final class Closed extends BackendException {
        Closed(Path folder) {
            super("the database in %s is closed".formatted(folder));
        }
    }

    static void check(int code, String act, Path folder, Lmdb lmdb) {
        if (code != Lmdb.SUCCESS) {
            throw of(code, act, folder, lmdb);
        }
    }

    static BackendException of(int code, String act, Path folder, Lmdb lmdb) {
        String reason = "%s: %s (%d)".formatted(act, lmdb.strerror(code), code);
        return switch (code) {
            case MDB_MAP_FULL -> new NoSpace(folder, reason + "; compact, delete or raise the quota");
            case ENOSPC, EDQUOT -> new NoSpace(folder, reason + "; free space on its disk");
            case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INVALID -> new Corrupt(folder, reason);
            case MDB_VERSION_MISMATCH -> new Unusable(folder, reason + "; it was written by another LMDB");
            case MDB_READERS_FULL -> new Unusable(folder, reason + "; another process has it open");
            case EIO -> inputOutput(folder, reason);
            case EROFS -> new Unusable(folder, reason + "; the file system has become read-only");
            default -> new Unusable(folder, reason);
        };
    }

    /** LMDB calls a write that was cut short by a full disk an input/output error. */
    private static BackendException inputOutput(Path folder, String reason) {
        try {
            long left = Files.getFileStore(folder).getUsableSpace();
            if (left < NEARLY_FULL_BYTES) {
                return new NoSpace(folder, "%s; its disk has %d bytes left, free space on it".formatted(reason, left));
            }
        } catch (IOException e) {
            return new Unusable(folder, reason + "; its disk does not answer: " + e);
        }
        return new Unusable(folder, reason + "; look for disk errors in the kernel's log");
    }
}
