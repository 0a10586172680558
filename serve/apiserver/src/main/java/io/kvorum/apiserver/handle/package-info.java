/** Fifth stage: the verbs on resources and subresources. */
@NullMarked
package io.kvorum.apiserver.handle;

import org.jspecify.annotations.NullMarked;
