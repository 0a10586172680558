/** The file format of bbolt, the key-value file that etcd keeps and snapshots: reading it and writing it afresh. */
@NullMarked
package io.kvorum.snapshot.bbolt;

import org.jspecify.annotations.NullMarked;
