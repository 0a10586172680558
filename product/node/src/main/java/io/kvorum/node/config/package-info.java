/** The one configuration layer: flags, files and environment become one tree of records, or one list of problems. */
@NullMarked
package io.kvorum.node.config;

import org.jspecify.annotations.NullMarked;
