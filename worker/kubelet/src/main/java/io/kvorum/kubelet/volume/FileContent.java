package io.kvorum.kubelet.volume;

import io.kvorum.model.Bytes;

/** What a file of a projected volume holds, and its permission bits. */
record FileContent(Bytes bytes, int mode) {}
