/** Service-account tokens: JSON web tokens that say which pod speaks for which account. */
@NullMarked
package io.kvorum.pki.token;

import org.jspecify.annotations.NullMarked;
