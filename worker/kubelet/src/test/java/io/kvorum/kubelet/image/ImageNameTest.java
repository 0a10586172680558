package io.kvorum.kubelet.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "busybox",
                "nginx:1.22",
                "docker.io/library/nginx:alpine",
                "registry.example:5000/a/b_c-d.e:v1.0-rc_2",
                "localhost:5000/x",
                "quay.io/x/y@sha256:250d68b10e8ae360f95b0eb99b1b0ed426b49baa59fe4137ad12357761aa1512",
                "[::1]:5000/x:1"
            })
    void aNameOfTheGrammarIsValid(String name) {
        assertThat(ImageName.isValid(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "UPPER/:x", "UPPER", "a//b", "a:", "a:b:c", "a@sha256:12", "-a", "a b"})
    void anythingElseIsNot(String name) {
        assertThat(ImageName.isValid(name)).isFalse();
    }
}
