/** Where images come from other than the registries that their names tell: mirrors, credentials, own authorities. */
@NullMarked
package io.kvorum.kubelet.registry;

import org.jspecify.annotations.NullMarked;
