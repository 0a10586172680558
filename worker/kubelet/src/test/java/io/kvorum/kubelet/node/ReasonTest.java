package io.kvorum.kubelet.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ReasonTest {
    @Test
    void aRefusalIsToldInTheServersOwnWords() {
        var refused = new KubernetesClientException(new StatusBuilder()
                .withCode(503)
                .withMessage("no quorum of members since 12:00")
                .build());

        assertThat(Reason.of(refused)).isEqualTo("no quorum of members since 12:00");
    }

    @Test
    void aLostConnectionIsToldWithItsCause() {
        var lost = new KubernetesClientException("An error has occurred.", new IOException("connection reset"));

        assertThat(Reason.of(lost)).isEqualTo("An error has occurred. (java.io.IOException: connection reset)");
    }

    @Test
    void whateverElseIsToldAsItIs() {
        assertThat(Reason.of(new IllegalStateException("node object vanished"))).isEqualTo("node object vanished");
    }
}
