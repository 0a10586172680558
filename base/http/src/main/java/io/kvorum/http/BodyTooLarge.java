package io.kvorum.http;

import java.io.IOException;

/** A request's body is longer than the door allows; the answer is 413. */
public final class BodyTooLarge extends IOException {
    private final long limitBytes;

    public BodyTooLarge(long limitBytes) {
        super("request body is longer than " + limitBytes + " bytes; send less at once");
        this.limitBytes = limitBytes;
    }

    public long limitBytes() {
        return limitBytes;
    }
}
