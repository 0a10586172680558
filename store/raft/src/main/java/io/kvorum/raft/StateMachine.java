package io.kvorum.raft;

import io.kvorum.model.Bytes;
import java.nio.file.Path;
import java.util.List;

/** What the log drives. All calls come from one thread of the log, in order, never two at a time, unless said otherwise. */
public interface StateMachine {
    /** The last position whose effect is on stable storage; asked once, at the start. */
    LogPosition applied();

    /**
     * Applies committed entries; returns when readers see their effect. That may be in memory only: after a crash the log
     * hands over again what is behind {@link #applied}.
     */
    void apply(List<Committed> batch);

    /**
     * Brings what is applied so far to stable storage and says how far that is: what is behind that position must not be
     * cut off the log. Called on any thread, beside apply. A machine that applies on stable storage need not have its own.
     */
    default LogPosition persist() {
        return applied();
    }

    /** Leadership changed. Must not block. */
    void leadershipChanged(Leadership leadership);

    /** The committed membership changed. Must not block. */
    void membersChanged(List<Member> members);

    /** Writes a copy of the state into the (existing, empty) folder; runs beside apply, on a thread of its own. */
    LogPosition saveSnapshot(Path folder);

    /** Replaces the whole state by the copy in the folder, which another member's {@link #saveSnapshot} made. */
    void loadSnapshot(Path folder);

    /** The log cannot go on (disk broken, log corrupt); the member must stop serving and say why. */
    void failed(String reason, Throwable cause);

    /** A committed entry. One without content is the log's own and changes nothing but the position. */
    record Committed(LogPosition position, Bytes entry) {}
}
