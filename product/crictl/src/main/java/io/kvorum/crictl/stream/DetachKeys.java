package io.kvorum.crictl.stream;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Input on which ctrl-p ctrl-q, pressed one after the other, leaves; a lone ctrl-p is passed on. One thread reads. */
public final class DetachKeys extends FilterInputStream {
    private static final int CTRL_P = 16;
    private static final int CTRL_Q = 17;

    private final Runnable leave;
    private boolean held;

    public DetachKeys(InputStream in, Runnable leave) {
        super(in);
        this.leave = leave;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int next = in.read();
        if (next < 0) {
            return -1;
        }
        if (held && next == CTRL_Q) {
            leave.run();
            return -1;
        }
        int count = 0;
        if (held) {
            bytes[offset] = CTRL_P;
            count = 1;
        }
        held = next == CTRL_P;
        if (!held) {
            bytes[offset + count++] = (byte) next;
        }
        return count;
    }
}
