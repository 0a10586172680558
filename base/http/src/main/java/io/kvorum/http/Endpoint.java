package io.kvorum.http;

import java.io.IOException;

/** Something that answers requests, whichever door they came through; called on a virtual thread of its own per request. */
@FunctionalInterface
public interface Endpoint {
    /** Answers before it returns; may block. An exception means: the connection broke, or 500 if nothing was sent yet. */
    void handle(Exchange exchange) throws IOException;
}
