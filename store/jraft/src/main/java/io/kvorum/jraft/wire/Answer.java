package io.kvorum.jraft.wire;

import com.google.protobuf.Message;

/** What becomes of a request: exactly one of the two is called, once, on a thread that must not be blocked. */
interface Answer {
    void arrived(Message answer);

    void failed(AskFailed failure);
}
