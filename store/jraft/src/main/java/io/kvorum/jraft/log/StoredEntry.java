package io.kvorum.jraft.log;

import io.kvorum.model.Bytes;

/** An entry as the log's files keep it. */
public record StoredEntry(long index, long term, Kind kind, Bytes payload) {
    /** What the payload is; the code is part of the file format. */
    public enum Kind {
        /** Opens a term; the payload is empty. */
        NO_OPERATION(1),
        /** The state machine's. */
        DATA(2),
        /** The members from this entry on. */
        CONFIGURATION(3);

        final byte code;

        Kind(int code) {
            this.code = (byte) code;
        }

        static boolean isKnown(byte code) {
            return code >= NO_OPERATION.code && code <= CONFIGURATION.code;
        }

        static Kind of(byte code) {
            return switch (code) {
                case 1 -> NO_OPERATION;
                case 2 -> DATA;
                case 3 -> CONFIGURATION;
                default -> throw new IllegalArgumentException("no kind of entry has the code " + code);
            };
        }
    }
}
