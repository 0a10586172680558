package io.kvorum.etcdctl.print;

import java.time.Duration;

/** How one endpoint answered a proposal; a healthy one has an empty error. */
public record EndpointHealth(String endpoint, boolean healthy, Duration took, String error) {}
