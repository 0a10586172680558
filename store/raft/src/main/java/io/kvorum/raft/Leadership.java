package io.kvorum.raft;

import org.jspecify.annotations.Nullable;

/**
 * Who leads, as this member knows it.
 *
 * @param leader null while there is none
 * @param isSelf whether this member leads and has applied every entry of earlier terms
 */
public record Leadership(long term, @Nullable MemberId leader, boolean isSelf) {}
