/** Snapshots in buckets, judged by an S3 server of other people. */
@NullMarked
package io.kvorum.s3proof;

import org.jspecify.annotations.NullMarked;
