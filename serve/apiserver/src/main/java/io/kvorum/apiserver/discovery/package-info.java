/** What is served: discovery, OpenAPI, version, health. */
@NullMarked
package io.kvorum.apiserver.discovery;

import org.jspecify.annotations.NullMarked;
