/** Objects as Kubernetes protobuf, by tables that the build makes of upstream's descriptors. */
@NullMarked
package io.kvorum.apimachinery.protobuf;

import org.jspecify.annotations.NullMarked;
