/** The commands, one file each, and their tree. */
@NullMarked
package io.kvorum.etcdctl.command;

import org.jspecify.annotations.NullMarked;
