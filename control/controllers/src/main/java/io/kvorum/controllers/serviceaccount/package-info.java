/** Gives each namespace its default ServiceAccount. */
@NullMarked
package io.kvorum.controllers.serviceaccount;

import org.jspecify.annotations.NullMarked;
