/** How answers are written: tables, JSON, YAML, durations and sizes. */
@NullMarked
package io.kvorum.crictl.print;

import org.jspecify.annotations.NullMarked;
