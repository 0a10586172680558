package io.kvorum.backend;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * LMDB's C functions, one method each with its C name's words. Any thread may call them within LMDB's own rules. Return
 * codes are passed on; {@link BackendException#check} makes errors of them.
 */
@SuppressWarnings(
        "restricted") // Calling C is what this class is for; the process is started with native access enabled.
final class Lmdb {
    static final int ENV_NO_TLS = 0x200000;
    static final int TXN_READ_ONLY = 0x20000;
    static final int DBI_CREATE = 0x40000;
    static final int PUT_RESERVE = 0x10000;
    static final int COPY_COMPACT = 1;

    static final int CURSOR_FIRST = 0;
    static final int CURSOR_LAST = 6;
    static final int CURSOR_NEXT = 8;
    static final int CURSOR_PREVIOUS = 12;
    static final int CURSOR_SET_RANGE = 17;

    static final int SUCCESS = 0;
    static final int NOT_FOUND = -30798;

    /** {@code MDB_val}: size, then address. */
    static final MemoryLayout VAL = MemoryLayout.structLayout(JAVA_LONG, ADDRESS);

    static final long VAL_SIZE = 0;
    static final long VAL_DATA = 8;

    private final MethodHandle envCreate;
    private final MethodHandle envOpen;
    private final MethodHandle envClose;
    private final MethodHandle envSetMapsize;
    private final MethodHandle envSetMaxdbs;
    private final MethodHandle envSetMaxreaders;
    private final MethodHandle envCopy2;
    private final MethodHandle envInfo;
    private final MethodHandle envStat;
    private final MethodHandle envSync;
    private final MethodHandle txnBegin;
    private final MethodHandle txnCommit;
    private final MethodHandle txnAbort;
    private final MethodHandle txnReset;
    private final MethodHandle txnRenew;
    private final MethodHandle dbiOpen;
    private final MethodHandle stat;
    private final MethodHandle get;
    private final MethodHandle put;
    private final MethodHandle del;
    private final MethodHandle cursorOpen;
    private final MethodHandle cursorClose;
    private final MethodHandle cursorGet;
    private final MethodHandle strerror;

    Lmdb(Path library) {
        // The library stays for the life of the process: an environment may outlive the one that loaded it.
        Binder binder = new Binder(SymbolLookup.libraryLookup(library, Arena.global()));
        envCreate = binder.code("mdb_env_create", ADDRESS);
        envOpen = binder.code("mdb_env_open", ADDRESS, ADDRESS, JAVA_INT, JAVA_INT);
        envClose = binder.nothing("mdb_env_close");
        envSetMapsize = binder.code("mdb_env_set_mapsize", ADDRESS, JAVA_LONG);
        envSetMaxdbs = binder.code("mdb_env_set_maxdbs", ADDRESS, JAVA_INT);
        envSetMaxreaders = binder.code("mdb_env_set_maxreaders", ADDRESS, JAVA_INT);
        envCopy2 = binder.code("mdb_env_copy2", ADDRESS, ADDRESS, JAVA_INT);
        envInfo = binder.code("mdb_env_info", ADDRESS, ADDRESS);
        envStat = binder.code("mdb_env_stat", ADDRESS, ADDRESS);
        envSync = binder.code("mdb_env_sync", ADDRESS, JAVA_INT);
        txnBegin = binder.code("mdb_txn_begin", ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
        txnCommit = binder.code("mdb_txn_commit", ADDRESS);
        txnAbort = binder.nothing("mdb_txn_abort");
        txnReset = binder.nothing("mdb_txn_reset");
        txnRenew = binder.code("mdb_txn_renew", ADDRESS);
        dbiOpen = binder.code("mdb_dbi_open", ADDRESS, ADDRESS, JAVA_INT, ADDRESS);
        stat = binder.code("mdb_stat", ADDRESS, JAVA_INT, ADDRESS);
        get = binder.code("mdb_get", ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
        put = binder.code("mdb_put", ADDRESS, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
        del = binder.code("mdb_del", ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
        cursorOpen = binder.code("mdb_cursor_open", ADDRESS, JAVA_INT, ADDRESS);
        cursorClose = binder.nothing("mdb_cursor_close");
        cursorGet = binder.code("mdb_cursor_get", ADDRESS, ADDRESS, ADDRESS, JAVA_INT);
        strerror = binder.text("mdb_strerror");
    }

    private record Binder(SymbolLookup library) {
        MethodHandle code(String name, MemoryLayout... arguments) {
            return bind(name, FunctionDescriptor.of(JAVA_INT, arguments));
        }

        MethodHandle nothing(String name) {
            return bind(name, FunctionDescriptor.ofVoid(ADDRESS));
        }

        MethodHandle text(String name) {
            return bind(name, FunctionDescriptor.of(ADDRESS, JAVA_INT));
        }

        private MethodHandle bind(String name, FunctionDescriptor shape) {
            return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), shape);
        }
    }

    int envCreate(MemorySegment envOut) {
        try {
            return (int) envCreate.invokeExact(envOut);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int envOpen(MemorySegment env, MemorySegment path, int flags, int mode) {
        try {
            return (int) envOpen.invokeExact(env, path, flags, mode);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    void envClose(MemorySegment env) {
        try {
            envClose.invokeExact(env);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int envSetMapsize(MemorySegment env, long bytes) {
        try {
            return (int) envSetMapsize.invokeExact(env, bytes);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int envSetMaxdbs(MemorySegment env, int count) {
        try {
            return (int) envSetMaxdbs.invokeExact(env, count);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int envSetMaxreaders(MemorySegment env, int count) {
        try {
            return (int) envSetMaxreaders.invokeExact(env, count);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int envCopy2(MemorySegment env, MemorySegment path, int flags) {
        try {
            return (int) envCopy2.invokeExact(env, path, flags);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int envInfo(MemorySegment env, MemorySegment info) {
        try {
            return (int) envInfo.invokeExact(env, info);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int envStat(MemorySegment env, MemorySegment statOut) {
        try {
            return (int) envStat.invokeExact(env, statOut);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int envSync(MemorySegment env, int force) {
        try {
            return (int) envSync.invokeExact(env, force);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int txnBegin(MemorySegment env, int flags, MemorySegment txnOut) {
        try {
            return (int) txnBegin.invokeExact(env, MemorySegment.NULL, flags, txnOut);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int txnCommit(MemorySegment txn) {
        try {
            return (int) txnCommit.invokeExact(txn);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    void txnAbort(MemorySegment txn) {
        try {
            txnAbort.invokeExact(txn);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    void txnReset(MemorySegment txn) {
        try {
            txnReset.invokeExact(txn);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int txnRenew(MemorySegment txn) {
        try {
            return (int) txnRenew.invokeExact(txn);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int dbiOpen(MemorySegment txn, MemorySegment name, int flags, MemorySegment dbiOut) {
        try {
            return (int) dbiOpen.invokeExact(txn, name, flags, dbiOut);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int stat(MemorySegment txn, int dbi, MemorySegment statOut) {
        try {
            return (int) stat.invokeExact(txn, dbi, statOut);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int get(MemorySegment txn, int dbi, MemorySegment key, MemorySegment data) {
        try {
            return (int) get.invokeExact(txn, dbi, key, data);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int put(MemorySegment txn, int dbi, MemorySegment key, MemorySegment data, int flags) {
        try {
            return (int) put.invokeExact(txn, dbi, key, data, flags);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int del(MemorySegment txn, int dbi, MemorySegment key) {
        try {
            return (int) del.invokeExact(txn, dbi, key, MemorySegment.NULL);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int cursorOpen(MemorySegment txn, int dbi, MemorySegment cursorOut) {
        try {
            return (int) cursorOpen.invokeExact(txn, dbi, cursorOut);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    void cursorClose(MemorySegment cursor) {
        try {
            cursorClose.invokeExact(cursor);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    int cursorGet(MemorySegment cursor, MemorySegment key, MemorySegment data, int operation) {
        try {
            return (int) cursorGet.invokeExact(cursor, key, data, operation);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    String strerror(int code) {
        try {
            return ((MemorySegment) strerror.invokeExact(code)).reinterpret(256).getString(0);
        } catch (Throwable thrown) {
            throw broken(thrown);
        }
    }

    /** The memory a {@code MDB_val} points at; valid until its transaction ends or writes. */
    static MemorySegment content(MemorySegment val) {
        return val.get(ADDRESS, VAL_DATA).reinterpret(val.get(JAVA_LONG, VAL_SIZE));
    }

    /** A C function throws nothing: whatever comes out here is a wrong binding or a virtual machine error. */
    private static RuntimeException broken(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("a call into liblmdb could not be made", thrown);
    }
}
