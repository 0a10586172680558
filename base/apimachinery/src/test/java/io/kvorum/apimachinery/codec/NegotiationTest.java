package io.kvorum.apimachinery.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apimachinery.status.ApiException;
import org.junit.jupiter.api.Test;

final class NegotiationTest {
    private static final Accepted JSON = new Accepted(Encoding.JSON, Representation.OBJECT, "", false);

    @Test
    void withoutAWishTheAnswerIsJson() {
        assertThat(Negotiation.answer("", true)).isEqualTo(JSON);
        assertThat(Negotiation.answer("*/*", true)).isEqualTo(JSON);
        assertThat(Negotiation.answer("application/*;q=0.8", true)).isEqualTo(JSON);
    }

    @Test
    void kubectlsWishForATableIsGranted() {
        String accept =
                "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,"
                        + "application/json";

        assertThat(Negotiation.answer(accept, true))
                .isEqualTo(new Accepted(Encoding.JSON, Representation.TABLE, "v1", false));
        assertThat(Negotiation.answer(accept, false)).isEqualTo(JSON);
    }

    @Test
    void aClientThatPrefersProtobufGetsItWhereTheKindTravelsSo() {
        Accepted protobuf = new Accepted(Encoding.PROTOBUF, Representation.OBJECT, "", false);
        assertThat(Negotiation.answer("application/vnd.kubernetes.protobuf,application/json", true, true))
                .isEqualTo(protobuf);
        assertThat(Negotiation.answer("application/vnd.kubernetes.protobuf;stream=watch", true, true))
                .isEqualTo(protobuf);
        assertThat(Negotiation.answer("*/*", true, true)).isEqualTo(JSON);
        assertThat(Negotiation.answer(
                        "application/vnd.kubernetes.protobuf;as=Table;g=meta.k8s.io;v=v1,application/json", true, true))
                .isEqualTo(JSON);
        assertThat(Negotiation.body("application/vnd.kubernetes.protobuf")).isEqualTo(Encoding.PROTOBUF);
    }

    @Test
    void aClientThatPrefersProtobufGetsItsSecondChoiceElsewhere() {
        assertThat(Negotiation.answer("application/vnd.kubernetes.protobuf,application/json", true))
                .isEqualTo(JSON);
        assertThat(Negotiation.answer(
                        "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,"
                                + "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json",
                        true))
                .isEqualTo(new Accepted(Encoding.JSON, Representation.METADATA_LIST, "v1", false));
    }

    @Test
    void theHigherQualityWins() {
        assertThat(Negotiation.answer("application/json;q=0.5, application/yaml;q=0.9", true)
                        .encoding())
                .isEqualTo(Encoding.YAML);
        assertThat(Negotiation.answer("application/yaml;q=0, */*;q=0.1", true).encoding())
                .isEqualTo(Encoding.JSON);
    }

    @Test
    void whatIsNotSpokenIsRefused() {
        assertThatThrownBy(() -> Negotiation.answer("text/html", true))
                .isInstanceOf(ApiException.class)
                .hasMessageStartingWith("only the following media types are accepted: application/json");
        assertThatThrownBy(() -> Negotiation.body("text/plain"))
                .hasMessageStartingWith("the body of the request was in an unknown format");
    }

    @Test
    void bodiesMayNameACharset() {
        assertThat(Negotiation.body("application/json; charset=utf-8")).isEqualTo(Encoding.JSON);
        assertThat(Negotiation.body("application/yaml")).isEqualTo(Encoding.YAML);
        assertThat(Negotiation.body("")).isEqualTo(Encoding.JSON);
    }
}
