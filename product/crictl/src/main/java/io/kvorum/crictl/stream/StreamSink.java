package io.kvorum.crictl.stream;

import java.io.IOException;

/** Where the bytes that arrive on a stream go; called by the connection's one reading thread. */
interface StreamSink {
    void accept(byte[] bytes) throws IOException;

    /** Nothing more will arrive. */
    void end();

    /** For a stream on which nothing is expected. */
    static StreamSink none() {
        return new StreamSink() {
            @Override
            public void accept(byte[] bytes) {}

            @Override
            public void end() {}
        };
    }
}
