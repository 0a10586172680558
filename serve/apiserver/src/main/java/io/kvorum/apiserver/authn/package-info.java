/** Second stage: who asks. Client certificates and bearer tokens. */
@NullMarked
package io.kvorum.apiserver.authn;

import org.jspecify.annotations.NullMarked;
