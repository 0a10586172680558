/** Value types that every room shares. The JDK and nothing else. */
@NullMarked
package io.kvorum.model;

import org.jspecify.annotations.NullMarked;
