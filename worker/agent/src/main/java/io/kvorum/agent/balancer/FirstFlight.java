package io.kvorum.agent.balancer;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * All that a client says before it must hear an answer: its TLS hello, which can be said again to another server as long
 * as nothing came back.
 */
final class FirstFlight {
    private static final int HANDSHAKE = 22;
    private static final int RECORD_HEAD = 5;
    private static final int MESSAGE_HEAD = 4;
    private static final int MAX_BYTES = 64 * 1024;

    private FirstFlight() {}

    /** Blocks until the hello is whole; what is no TLS is passed on as it came. */
    static byte[] read(InputStream in) throws IOException {
        byte[] bytes = new byte[MAX_BYTES];
        int count = in.read(bytes, 0, RECORD_HEAD);
        if (count < 0) {
            throw new EOFException("the client left without a word");
        }
        if (bytes[0] != HANDSHAKE) {
            return Arrays.copyOf(bytes, count);
        }
        count = fill(in, bytes, count, RECORD_HEAD);
        count = fill(in, bytes, count, recordEnd(bytes, 0));
        int said = count - RECORD_HEAD;
        int wanted = said < MESSAGE_HEAD
                ? said
                : MESSAGE_HEAD + number(bytes, RECORD_HEAD + 1, 3); // type, then three bytes of length
        while (said < wanted && count + RECORD_HEAD <= MAX_BYTES) { // a hello in several records
            int start = count;
            count = fill(in, bytes, count, start + RECORD_HEAD);
            count = fill(in, bytes, count, recordEnd(bytes, start));
            said += count - start - RECORD_HEAD;
        }
        return Arrays.copyOf(bytes, count);
    }

    private static int recordEnd(byte[] bytes, int start) {
        return start + RECORD_HEAD + number(bytes, start + 3, 2);
    }

    private static int number(byte[] bytes, int at, int size) {
        int number = 0;
        for (int i = 0; i < size; i++) {
            number = (number << 8) | (bytes[at + i] & 0xff);
        }
        return number;
    }

    private static int fill(InputStream in, byte[] bytes, int count, int end) throws IOException {
        int wanted = Math.min(end, MAX_BYTES);
        int have = count;
        while (have < wanted) {
            int more = in.read(bytes, have, wanted - have);
            if (more < 0) {
                throw new EOFException("the client left in the middle of its first words");
            }
            have += more;
        }
        return have;
    }
}
