/** Measures three members of the store against three of Debian's etcd, in alternation on the same machine. */
@NullMarked
package io.kvorum.bench;

import org.jspecify.annotations.NullMarked;
