package io.kvorum.tunnel;

import java.io.Closeable;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A connection on which both sides have agreed to speak websocket.
 *
 * @param isOpener whether this side opened it
 * @param closing ends it, whoever reads or writes
 */
public record Wire(InputStream in, OutputStream out, boolean isOpener, Closeable closing) {}
