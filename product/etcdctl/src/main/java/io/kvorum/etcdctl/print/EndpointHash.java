package io.kvorum.etcdctl.print;

import io.etcd.jetcd.api.HashKVResponse;

/** The hash of one endpoint's history. */
public record EndpointHash(String endpoint, HashKVResponse hash) {}
