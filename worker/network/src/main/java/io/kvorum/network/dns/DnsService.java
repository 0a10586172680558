package io.kvorum.network.dns;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the Service {@code kube-dns}, under which people and tools look for cluster DNS and which reserves its address.
 * Made once per server; works on a virtual thread of its own until the Service is there.
 */
public final class DnsService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DnsService.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final String NAMESPACE = "kube-system";
    private static final String NAME = "kube-dns";

    private final KubernetesClient client;
    private final String address;
    private final CountDownLatch closing = new CountDownLatch(1);

    /** @param address such as {@code 10.43.0.10} */
    public DnsService(KubernetesClient client, String address) {
        this.client = client;
        this.address = address;
    }

    public void start() {
        Thread.ofVirtual().name("dns-service").start(this::run);
    }

    private void run() {
        try {
            while (!ensure() && !closing.await(RETRY.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.atDebug().log("the Service of cluster DNS is not there yet");
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** Creates the Service unless there is one; true when there is. */
    boolean ensure() {
        try {
            var services = client.services().inNamespace(NAMESPACE);
            if (services.withName(NAME).get() == null) {
                services.resource(service()).create();
            }
            return true;
        } catch (KubernetesClientException failure) {
            if (failure.getCode() == 422) {
                LOG.atWarn()
                        .addKeyValue("address", address)
                        .addKeyValue("why", failure.getMessage())
                        .log("the Service of cluster DNS is refused");
            }
            return false;
        }
    }

    private Service service() {
        return new ServiceBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withNamespace(NAMESPACE)
                .addToLabels("k8s-app", NAME)
                .addToLabels("kubernetes.io/cluster-service", "true")
                .addToLabels("kubernetes.io/name", "CoreDNS")
                .endMetadata()
                .withNewSpec()
                .withType("ClusterIP")
                .withClusterIP(address)
                .addNewPort()
                .withName("dns")
                .withPort(53)
                .withProtocol("UDP")
                .withTargetPort(new IntOrString(53))
                .endPort()
                .addNewPort()
                .withName("dns-tcp")
                .withPort(53)
                .withProtocol("TCP")
                .withTargetPort(new IntOrString(53))
                .endPort()
                .endSpec()
                .build();
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
