package io.kvorum.kubelet.server;

import io.kvorum.http.QueryParameters;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/** What a caller wants of a log. */
record LogRequest(
        boolean follow,
        boolean previous,
        boolean timestamps,
        Optional<Long> tailLines,
        Optional<Long> limitBytes,
        Optional<Instant> since) {

    /** @throws IllegalArgumentException when a number or time cannot be read */
    static LogRequest of(QueryParameters query, Instant now) {
        Optional<Instant> since = query.first("sinceSeconds")
                .map(Long::parseLong)
                .map(now::minusSeconds)
                .or(() -> query.first("sinceTime").map(text -> time(text)));
        return new LogRequest(
                query.flag("follow"),
                query.flag("previous"),
                query.flag("timestamps"),
                query.first("tailLines").map(Long::parseLong),
                query.first("limitBytes").map(Long::parseLong),
                since);
    }

    private static Instant time(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (java.time.DateTimeException malformed) {
            throw new IllegalArgumentException("sinceTime " + text + " is not a time", malformed);
        }
    }
}
