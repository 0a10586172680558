/** Objects to bytes and back: JSON now, protobuf beside it. */
@NullMarked
package io.kvorum.apimachinery.codec;

import org.jspecify.annotations.NullMarked;
