/** External datastores behind the Store interface. */
@NullMarked
package io.kvorum.sql;

import org.jspecify.annotations.NullMarked;
