/** Objects every cluster starts with: namespaces, default roles, the kubernetes Service. */
@NullMarked
package io.kvorum.apiserver.bootstrap;

import org.jspecify.annotations.NullMarked;
