package io.kvorum.snapshot;

import io.kvorum.model.Bytes;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.RevisionKey;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.zip.CRC32C;

/** Gathers a {@link SnapshotStatus} while everything passes by in order. Used by one thread. */
final class StatusTally {
    private final CRC32C hash = new CRC32C();
    private final OutputStream hashed = new OutputStream() {
        @Override
        public void write(int value) {
            hash.update(value);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            hash.update(bytes, from, length);
        }
    };
    private long keys;
    private long revision;

    void bucket(Bytes name) {
        add(name);
    }

    void entry(Bytes key, Bytes value) {
        add(key);
        add(value);
        keys++;
    }

    void change(RevisionKey at) {
        revision = at.main();
    }

    private void add(Bytes bytes) {
        try {
            bytes.writeTo(hashed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SnapshotStatus status(long totalBytes) {
        return new SnapshotStatus((int) hash.getValue(), new Revision(revision), keys, totalBytes);
    }
}
