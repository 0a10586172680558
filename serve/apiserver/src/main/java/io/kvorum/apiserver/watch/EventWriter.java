package io.kvorum.apiserver.watch;

import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.model.Revision;
import io.kvorum.registry.cache.WatchEvent;
import java.io.IOException;
import java.io.OutputStream;

/** How the events of one watch stand on the wire; one thread. */
interface EventWriter {
    String contentType();

    void event(WatchEvent event, OutputStream out) throws IOException;

    /** @param endsInitial whether it marks the end of the initial events */
    void bookmark(Revision at, boolean endsInitial, OutputStream out) throws IOException;

    void error(ApiStatus status, OutputStream out) throws IOException;
}
