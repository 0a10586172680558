/** Says which pods stand behind a Service, as Endpoints and EndpointSlices. */
@NullMarked
package io.kvorum.controllers.endpoints;

import org.jspecify.annotations.NullMarked;
