package io.kvorum.engine;

import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;

/**
 * Which changes to see.
 *
 * @param start the first revision to see; {@link Revision#ZERO} means what happens from now on
 * @param wantsPrevious whether events carry the key as it was before
 */
public record WatchRequest(KeyRange range, Revision start, boolean wantsPrevious) {}
