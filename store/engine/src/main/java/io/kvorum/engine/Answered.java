package io.kvorum.engine;

import io.kvorum.model.Revision;
import io.kvorum.mvcc.Answer;

/** An answer and the revision of the store when it was made (for a write: the revision it made). */
public record Answered<A extends Answer>(Revision revision, A answer) {}
