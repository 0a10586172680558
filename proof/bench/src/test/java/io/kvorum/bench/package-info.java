@NullMarked
package io.kvorum.bench;

import org.jspecify.annotations.NullMarked;
