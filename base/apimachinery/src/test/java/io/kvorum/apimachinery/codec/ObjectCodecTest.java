package io.kvorum.apimachinery.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apimachinery.Samples;
import io.kvorum.apimachinery.status.ApiException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ObjectCodecTest {
    private final ObjectCodec codec = new ObjectCodec(Samples.catalogue(), new Limits(10_000, 50));

    private Decoded pod(String json, FieldValidation validation) {
        return codec.decode(bytes(json.replace('\'', '"')), Encoding.JSON, Target.of(Samples.PODS), validation);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void apiVersionAndKindAreFilledIn() {
        assertThat(pod("{'metadata':{'name':'a'}}", FieldValidation.STRICT).object())
                .isEqualTo(Samples.json("{'metadata':{'name':'a'},'apiVersion':'v1','kind':'Pod'}"));
    }

    @Test
    void unknownAndDuplicateFieldsAreWarnedOfAndDropped() {
        Decoded decoded = pod(
                "{'spec':{'foo':1,'containers':[{'name':'a','imag':'x'}],'hostNetwork':true,'hostNetwork':false}}",
                FieldValidation.WARN);

        assertThat(decoded.warnings())
                .containsExactly(
                        "unknown field \"spec.foo\"",
                        "unknown field \"spec.containers[0].imag\"",
                        "duplicate field \"spec.hostNetwork\"");
        assertThat(decoded.object().at("/spec"))
                .isEqualTo(Samples.json("{'containers':[{'name':'a'}],'hostNetwork':false}"));
    }

    @Test
    void strictlyTheyAreRefused() {
        assertThatThrownBy(() -> pod("{'spec':{'foo':1},'spec':{'bar':1}}", FieldValidation.STRICT))
                .isInstanceOf(ApiException.class)
                .hasMessage("Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: "
                        + "unknown field \"spec.bar\", duplicate field \"spec\"");
    }

    @Test
    void theyMayBeIgnored() {
        assertThat(pod("{'spec':{'foo':1}}", FieldValidation.IGNORE).warnings()).isEmpty();
    }

    @Test
    void aWrongTypeIsToldInUpstreamsWords() {
        assertThatThrownBy(() -> pod("{'spec':{'containers':[{'ports':'x'}]}}", FieldValidation.IGNORE))
                .hasMessage("Pod in version \"v1\" cannot be handled as a Pod: json: cannot unmarshal string into Go "
                        + "struct field Container.spec.containers.ports of type []v1.ContainerPort");
        assertThatThrownBy(
                        () -> pod("{'spec':{'containers':[{'ports':[{'containerPort':1.5}]}]}}", FieldValidation.WARN))
                .hasMessageContaining("cannot unmarshal number 1.5 into Go struct field "
                        + "ContainerPort.spec.containers.ports.containerPort of type int32");
    }

    @Test
    void plainValuesTakeTheirCanonicalForm() {
        Decoded decoded = pod(
                "{'metadata':{'creationTimestamp':'2026-01-02T03:04:05.678+01:00','labels':{'a':null}},"
                        + "'spec':{'restartPolicy':null,'containers':[{'resources':{'limits':{'cpu':0.5,'memory':'1024Mi'}}}]}}",
                FieldValidation.STRICT);

        assertThat(decoded.object().at("/metadata"))
                .isEqualTo(Samples.json("{'creationTimestamp':'2026-01-02T02:04:05Z','labels':{'a':''}}"));
        assertThat(decoded.object().at("/spec"))
                .isEqualTo(Samples.json("{'containers':[{'resources':{'limits':{'cpu':'500m','memory':'1Gi'}}}]}"));
    }

    @Test
    void emptyOptionalListsAndMapsAreLeftOut() {
        Decoded decoded = pod(
                "{'metadata':{'name':'a','namespace':'','labels':{},'finalizers':[]},'spec':{'nodeSelector':{},"
                        + "'volumes':[{'name':'v','emptyDir':{}}]}}",
                FieldValidation.STRICT);

        assertThat(decoded.object().at("/metadata")).isEqualTo(Samples.json("{'name':'a'}"));
        assertThat(decoded.object().at("/spec")).isEqualTo(Samples.json("{'volumes':[{'name':'v','emptyDir':{}}]}"));
    }

    @Test
    void anotherKindOrVersionIsRefused() {
        assertThatThrownBy(() -> pod("{'apiVersion':'v1','kind':'Service'}", FieldValidation.WARN))
                .hasMessageStartingWith("Service in version \"v1\" cannot be handled as a Pod");
        assertThatThrownBy(() -> pod("{'apiVersion':'v2','kind':'Pod'}", FieldValidation.WARN))
                .hasMessage("the API version in the data (v2) does not match the expected API version (v1)");
    }

    @Test
    void whatIsNoJsonIsUnrecognized() {
        assertThatThrownBy(() -> pod("{'apiVersion':", FieldValidation.WARN))
                .hasMessageStartingWith("the object provided is unrecognized (must be of type Pod): couldn't get "
                        + "version/kind; json parse error: ")
                .hasMessageEndingWith("({\"apiVersion\":)");
        assertThatThrownBy(() -> pod("[]", FieldValidation.WARN)).hasMessageEndingWith("(5b5d)");
        assertThatThrownBy(() -> pod("", FieldValidation.WARN)).hasMessageEndingWith("(<empty>)");
    }

    @Test
    void tooLargeAndTooDeepDocumentsAreRefused() {
        assertThatThrownBy(() -> pod("{'a':'" + "x".repeat(10_000) + "'}", FieldValidation.WARN))
                .hasMessage("Request entity too large: limit is 10000");
        assertThatThrownBy(() -> pod("{'a':".repeat(100) + "1" + "}".repeat(100), FieldValidation.WARN))
                .isInstanceOf(ApiException.class);
    }

    @Test
    void yamlReadsAsJsonDoes() {
        Decoded decoded = codec.decode(bytes("""
                        apiVersion: v1
                        kind: Pod
                        metadata: {name: a, labels: &l {x: "1"}, annotations: *l}
                        spec:
                          hostNetwork: true
                          containers:
                          - name: a
                            name: b
                            ports: [{containerPort: 80}]
                        """), Encoding.YAML, Target.of(Samples.PODS), FieldValidation.WARN);

        assertThat(decoded.object().at("/spec"))
                .isEqualTo(Samples.json(
                        "{'hostNetwork':true,'containers':[{'name':'b','ports':[{'containerPort':80}]}]}"));
        assertThat(decoded.object().at("/metadata/annotations/x").stringValue()).isEqualTo("1");
        assertThat(decoded.warnings()).containsExactly("duplicate field \"spec.containers[0].name\"");
    }

    @Test
    void aBombOfAliasesIsRefused() {
        StringBuilder yaml = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 9; i++) {
            yaml.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(9) + "*a" + (i - 1)));
        }
        assertThatThrownBy(() -> codec.decode(
                        bytes(yaml.toString()), Encoding.YAML, Target.of(Samples.PODS), FieldValidation.WARN))
                .isInstanceOf(ApiException.class);
    }

    @Test
    void identityComesFirstInTheBytes() {
        assertThat(new String(
                        JsonText.bytes(Samples.json(
                                "{'spec':{'b':1,'a':2},'metadata':{'name':'ä'},'apiVersion':'v1','kind':'Pod'}")),
                        StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"ä\"},\"spec\":{\"b\":1,\"a\":2}}");
    }
}
