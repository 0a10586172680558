/** Certificate authorities, leaf certificates, join tokens, service-account keys. */
@NullMarked
package io.kvorum.pki;

import org.jspecify.annotations.NullMarked;
