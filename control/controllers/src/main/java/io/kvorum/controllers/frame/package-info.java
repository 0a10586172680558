/** What every controller is made of. */
@NullMarked
package io.kvorum.controllers.frame;

import org.jspecify.annotations.NullMarked;
