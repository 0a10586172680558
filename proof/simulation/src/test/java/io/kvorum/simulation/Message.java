package io.kvorum.simulation;

import io.kvorum.model.Bytes;
import io.kvorum.raft.LogPosition;
import java.nio.file.Path;
import java.util.List;

/** What members say to each other. */
sealed interface Message {
    long term();

    record VoteAsked(long term, LogPosition last) implements Message {}

    record VoteGiven(long term, boolean isGranted) implements Message {}

    record Append(long term, LogPosition before, List<LogEntry> entries, long commit, long round) implements Message {}

    /** @param match with success up to where the logs agree, else from where to try again */
    record Appended(long term, boolean succeeded, long match, long round) implements Message {}

    record SnapshotSent(long term, LogPosition position, Membership membership, Path folder, long round)
            implements Message {}

    record Forward(long term, Bytes payload) implements Message {}

    record ForwardRefused(long term, Bytes payload) implements Message {}

    record BarrierAsked(long term, long number) implements Message {}

    /** @param index negative when there is no barrier to be had */
    record BarrierPassed(long term, long number, long index) implements Message {}

    record TakeOver(long term) implements Message {}
}
