package io.kvorum.apimachinery.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.apimachinery.Samples;
import io.kvorum.apimachinery.status.ApiStatus.Cause;
import io.kvorum.apimachinery.status.ApiStatus.Details;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ApiStatusTest {
    @Test
    void aFailureReadsAsUpstreamsDoes() {
        ApiStatus status =
                ApiException.notFound(Samples.DEPLOYMENTS.id(), "web").status();

        assertThat(status.toJson())
                .hasToString("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
                        + "\"message\":\"deployments.apps \\\"web\\\" not found\",\"reason\":\"NotFound\","
                        + "\"details\":{\"name\":\"web\",\"group\":\"apps\",\"kind\":\"deployments\"},\"code\":404}");
    }

    @Test
    void causesNameTheirFields() {
        ApiStatus status = ApiException.invalid(
                        "Pod", "", "x", List.of(new Cause("FieldValueRequired", "Required value", "spec.containers")))
                .status();

        assertThat(status.message()).isEqualTo("Pod \"x\" is invalid: spec.containers: Required value");
        assertThat(status.toJson().at("/details/causes/0/field").stringValue()).isEqualTo("spec.containers");
        assertThat(status.toJson().at("/code").intValue()).isEqualTo(422);
    }

    @Test
    void aSuccessHasNeitherReasonNorCode() {
        ApiStatus status = ApiStatus.success(new Details("web", "", "pods", "u1", List.of(), 0));

        assertThat(status.toJson())
                .hasToString("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Success\","
                        + "\"details\":{\"name\":\"web\",\"kind\":\"pods\",\"uid\":\"u1\"}}");
    }
}
