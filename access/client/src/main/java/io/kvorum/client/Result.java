package io.kvorum.client;

import java.time.Duration;

/** What a reconciler says after it looked at one key: nothing to do until something changes, or look again later. */
public sealed interface Result {
    Result DONE = new Done();

    record Done() implements Result {}

    record Again(Duration in) implements Result {}

    static Result done() {
        return DONE;
    }

    static Result again(Duration in) {
        return new Again(in);
    }
}
