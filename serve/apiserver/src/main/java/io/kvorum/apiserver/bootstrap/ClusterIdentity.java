package io.kvorum.apiserver.bootstrap;

import java.util.List;
import java.util.function.Supplier;

/**
 * Where the API is to be found from inside the cluster.
 *
 * @param serviceAddress of the Service {@code kubernetes}: the first one of the service network, such as 10.43.0.1
 * @param port that the API servers listen on for others, such as 6443
 * @param serverAddresses IP addresses of the API servers that run now; asked every few seconds
 * @param storeAddresses IP addresses of the members of the store, kept in the Endpoints {@code kube-system/etcd}; asked every
 *     few seconds, and none when they cannot be told
 */
public record ClusterIdentity(
        String serviceAddress,
        int port,
        Supplier<List<String>> serverAddresses,
        Supplier<List<String>> storeAddresses) {}
