/** Certificate authorities, leaf certificates and join tokens, in K3s's files and formats. */
@NullMarked
package io.kvorum.pki;

import org.jspecify.annotations.NullMarked;
