/** Gives each namespace the certificate that says whom to trust. */
@NullMarked
package io.kvorum.controllers.rootca;

import org.jspecify.annotations.NullMarked;
