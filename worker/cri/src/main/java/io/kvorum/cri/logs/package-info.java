/** Containers' logs as runtimes write them: their lines, their ends, and following them through rotations. */
@NullMarked
package io.kvorum.cri.logs;

import org.jspecify.annotations.NullMarked;
