package io.kvorum.engine;

import io.kvorum.raft.Leadership;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether there is a quorum, as this member knows it, and since when not. Any thread may ask and tell. */
final class Quorum {
    private final InstantSource clock;
    private @Nullable Instant lostAt;
    private Instant lastContact;

    Quorum(InstantSource clock) {
        this.clock = clock;
        this.lastContact = clock.instant();
        this.lostAt = lastContact;
    }

    synchronized void heard(Leadership leadership) {
        if (leadership.leader() == null) {
            lost();
        } else {
            confirmed();
        }
    }

    /** A barrier was passed or a leader stands. */
    synchronized void confirmed() {
        lastContact = clock.instant();
        lostAt = null;
    }

    synchronized Instant lost() {
        if (lostAt == null) {
            lostAt = clock.instant();
            lastContact = lostAt;
        }
        return lostAt;
    }

    synchronized Optional<Instant> lostAt() {
        return Optional.ofNullable(lostAt);
    }

    synchronized Instant lastContact() {
        return lostAt == null ? clock.instant() : lastContact;
    }
}
