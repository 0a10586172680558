package io.kvorum.etcdctl.print;

import io.etcd.jetcd.api.StatusResponse;

/** What one endpoint says about itself. */
public record EndpointStatus(String endpoint, StatusResponse status) {}
