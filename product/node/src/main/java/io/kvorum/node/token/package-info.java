/** What people do with join tokens from the command line. */
@NullMarked
package io.kvorum.node.token;

import org.jspecify.annotations.NullMarked;
