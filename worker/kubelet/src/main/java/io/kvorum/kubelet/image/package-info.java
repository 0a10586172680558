/** Images: pull policy, pulls with back-off, credentials. */
@NullMarked
package io.kvorum.kubelet.image;

import org.jspecify.annotations.NullMarked;
