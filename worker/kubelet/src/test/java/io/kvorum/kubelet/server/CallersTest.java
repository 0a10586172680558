package io.kvorum.kubelet.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallersTest {
    @Test
    void onlyTheApiServerAndAdministratorsMayCall() {
        assertThat(Callers.isAllowed("CN=system:admin,O=system:masters")).isTrue();
        assertThat(Callers.isAllowed("CN=kube-apiserver")).isTrue();
        assertThat(Callers.isAllowed("CN=system:node:h1,O=system:nodes")).isFalse();
        assertThat(Callers.isAllowed("CN=x\\,O\\=system:masters")).isFalse();
    }
}
