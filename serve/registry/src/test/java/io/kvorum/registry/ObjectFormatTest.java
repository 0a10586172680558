package io.kvorum.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apimachinery.protobuf.ProtobufCodec;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.model.Bytes;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ObjectFormatTest {
    @Test
    void anObjectThatAnotherServerStoredInProtobufIsReadAsJson() {
        byte[] stored = ProtobufCodec.builtIn().encode(Cluster.json("""
                {'apiVersion':'v1','kind':'ConfigMap','data':{'a':'b'},
                 'metadata':{'resourceVersion':'7','selfLink':'/x','name':'c','namespace':'default'}}"""));

        Bytes json = ObjectFormat.toJson(Bytes.wrap(stored));

        assertThat(new String(json.toByteArray(), StandardCharsets.UTF_8))
                .startsWith("{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"")
                .doesNotContain("resourceVersion", "selfLink");
        assertThat(ObjectFormat.parse(json))
                .isEqualTo(Cluster.json("{'apiVersion':'v1','kind':'ConfigMap','data':{'a':'b'},"
                        + "'metadata':{'name':'c','namespace':'default'}}"));
    }

    @Test
    void aDamagedValueIsNamedAsSuch() {
        assertThatThrownBy(() -> ObjectFormat.toJson(Bytes.wrap(new byte[] {'k', '8', 's', 0, 9, 9})))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("the store holds a value that cannot be read");
    }
}
