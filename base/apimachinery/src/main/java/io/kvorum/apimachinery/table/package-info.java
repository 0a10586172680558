/** Objects as the rows and columns that kubectl prints. */
@NullMarked
package io.kvorum.apimachinery.table;

import org.jspecify.annotations.NullMarked;
