/** The store's one door: propose, commit, apply, answer. */
@NullMarked
package io.kvorum.engine;

import org.jspecify.annotations.NullMarked;
