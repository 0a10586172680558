package io.kvorum.jraft.wire;

import com.google.protobuf.Message;

/**
 * A message on a stream.
 *
 * @param id chosen by who asks; the answer carries it too
 */
record Frame(long id, Message message) {}
