package io.kvorum.etcdctl.print;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GoTextTest {
    @Test
    void anIdWithZerosBeforeItReadsAsEtcdctlWritesIt() {
        long id = 0x0123456789abcdefL;

        assertThat(GoText.shortId(id)).isEqualTo("123456789abcdef");
        assertThat(GoText.wideId(id)).isEqualTo(" 123456789abcdef");
        assertThat(GoText.leaseId(id)).isEqualTo("0123456789abcdef");
    }
}
