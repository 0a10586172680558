/** The commands, one class each, and how they are parsed. */
@NullMarked
package io.kvorum.crictl.command;

import org.jspecify.annotations.NullMarked;
