/** The command line, one file per command; the only user of standard output. */
@NullMarked
package io.kvorum.cli;

import org.jspecify.annotations.NullMarked;
