package io.kvorum.mvcc;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.Revision;

/**
 * A key as it stood at one revision.
 *
 * @param created revision of the creation of this generation of the key
 * @param modified revision of the last change
 * @param version number of changes since the creation; 1 for a new key, 0 for a deletion
 */
public record KeyValue(Key key, Bytes value, Revision created, Revision modified, long version, LeaseId lease) {}
