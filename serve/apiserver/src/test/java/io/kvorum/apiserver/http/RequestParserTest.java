package io.kvorum.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.http.QueryParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParserTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "GET,    /api/v1/namespaces,                          '',            list,  '', v1, namespaces, '', '', '', ''",
                "GET,    /api/v1/namespaces/other,                    '',            get,   '', v1, namespaces, '', '', other, other",
                "PUT,    /api/v1/namespaces/other/finalize,           '',            update,'', v1, namespaces, finalize, '', other, other",
                "GET,    /api/v1/namespaces/other/pods,               '',            list,  '', v1, pods, '', '', other, ''",
                "HEAD,   /api/v1/namespaces/other/pods,               '',            list,  '', v1, pods, '', '', other, ''",
                "GET,    /api/v1/namespaces/other/pods/foo,           '',            get,   '', v1, pods, '', '', other, foo",
                "GET,    /api/v1/pods,                                watch=true,    watch, '', v1, pods, '', '', '', ''",
                "GET,    /api/v1/pods,                                watch=false,   list,  '', v1, pods, '', '', '', ''",
                "GET,    /api/v1/pods,                                watch=1,       watch, '', v1, pods, '', '', '', ''",
                "GET,    /api/v1/watch/pods,                          '',            watch, '', v1, pods, '', '', '', ''",
                "GET,    /api/v1/watch/namespaces/other/pods/foo,     '',            watch, '', v1, pods, '', '', other, foo",
                "GET,    /api/v1/namespaces/other/pods/foo/log,       follow=true,   get,   '', v1, pods, log, '', other, foo",
                "POST,   /api/v1/namespaces/other/pods/foo/exec,      '',            create,'', v1, pods, exec, '', other, foo",
                "GET,    /api/v1/namespaces/n/services/s:80/proxy/a/b,'',            get,   '', v1, services, proxy, a/b, n, s:80",
                "GET,    /api/v1/namespaces/n/services/s/proxy/a/,    '',            get,   '', v1, services, proxy, a/, n, s",
                "GET,    /api/v1/nodes/h1/proxy/metrics,              '',            get,   '', v1, nodes, proxy, metrics, '', h1",
                "DELETE, /api/v1/namespaces/n/pods,                   '',            deletecollection,'', v1, pods, '', '', n, ''",
                "DELETE, /api/v1/namespaces/n/pods/p,                 '',            delete,'', v1, pods, '', '', n, p",
                "PATCH,  /apis/apps/v1/namespaces/n/deployments/d/status, '',        patch, apps, v1, deployments, status, '', n, d",
                "POST,   /apis/rbac.authorization.k8s.io/v1/clusterroles, '',        create,rbac.authorization.k8s.io, v1, clusterroles, '', '', '', ''"
            })
    void aResourceRequestIsReadOffItsUrl(
            String method,
            String path,
            String query,
            String verb,
            String group,
            String version,
            String resource,
            String subresource,
            String rest,
            String namespace,
            String name) {
        RequestInfo info = RequestParser.parse(method, path, QueryParameters.parse(query));
        assertThat(info.verb()).isEqualTo(verb);
        assertThat(info.resource()).isNotNull().satisfies(id -> {
            assertThat(id.group()).isEqualTo(group);
            assertThat(id.version()).isEqualTo(version);
            assertThat(id.resource()).isEqualTo(resource);
        });
        assertThat(info.subresource()).isEqualTo(subresource);
        assertThat(info.rest()).isEqualTo(rest);
        assertThat(info.namespace()).isEqualTo(namespace);
        assertThat(info.name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/version",
                "/api",
                "/api/v1",
                "/apis",
                "/apis/apps",
                "/apis/apps/v1",
                "/healthz/ping",
                "/x/y/z"
            })
    void otherUrlsNameNoResource(String path) {
        RequestInfo info = RequestParser.parse("GET", path, QueryParameters.parse(""));
        assertThat(info.isResourceRequest()).isFalse();
        assertThat(info.verb()).isEqualTo("get");
    }

    @Test
    void aWatchOfNothingIsABadRequest() {
        assertThatThrownBy(() -> RequestParser.parse("GET", "/api/v1/watch", QueryParameters.parse("")))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("unable to determine kind and namespace from url");
    }

    @Test
    void durationsAreReadAsGoWritesThem() {
        assertThat(GoDuration.parse("1m30s"))
                .hasValueSatisfying(value -> assertThat(value.toSeconds()).isEqualTo(90));
        assertThat(GoDuration.parse("500ms"))
                .hasValueSatisfying(value -> assertThat(value.toMillis()).isEqualTo(500));
        assertThat(GoDuration.parse("soon")).isEmpty();
    }
}
