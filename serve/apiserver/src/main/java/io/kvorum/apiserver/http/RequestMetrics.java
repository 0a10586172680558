package io.kvorum.apiserver.http;

import io.kvorum.apimachinery.type.Catalogue;
import io.kvorum.apimachinery.type.GroupVersionResource;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Counts and times requests under upstream's names; any thread. */
public final class RequestMetrics {
    private static final List<String> VERBS =
            List.of("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "connect");
    private static final List<String> CONNECTING = List.of("exec", "attach", "portforward", "proxy");

    private final Catalogue catalogue;
    private final Counter total;
    private final Histogram duration;
    private final Gauge longRunning;

    public RequestMetrics(PrometheusRegistry registry, InFlightLimits limits, Catalogue catalogue) {
        this.catalogue = catalogue;
        this.total = Counter.builder()
                .name("apiserver_request_total")
                .help("Requests answered, by verb, resource and code.")
                .labelNames("verb", "group", "version", "resource", "subresource", "scope", "component", "code")
                .register(registry);
        this.duration = Histogram.builder()
                .name("apiserver_request_duration_seconds")
                .help("How long requests took, watches and other long ones apart.")
                .labelNames("verb", "group", "version", "resource", "subresource", "scope", "component")
                .classicOnly()
                .classicUpperBounds(0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.5, 2, 3, 4, 5, 10, 15, 30, 60)
                .register(registry);
        this.longRunning = Gauge.builder()
                .name("apiserver_longrunning_requests")
                .help("Watches, logs, execs and other long requests being answered now.")
                .labelNames("verb", "group", "version", "resource", "subresource", "scope", "component")
                .register(registry);
        GaugeWithCallback.builder()
                .name("apiserver_current_inflight_requests")
                .help("Short requests being answered now.")
                .labelNames("request_kind")
                .callback(gauge -> {
                    gauge.call(limits.readingNow(), "readOnly");
                    gauge.call(limits.mutatingNow(), "mutating");
                })
                .register(registry);
    }

    public void began(RequestInfo request) {
        if (LongRunning.is(request)) {
            longRunning.labelValues(labels(request)).inc();
        }
    }

    /** @param code the answer's status; 0 when it broke off before there was one */
    public void ended(RequestInfo request, int code, Duration took) {
        String[] labels = labels(request);
        if (LongRunning.is(request)) {
            longRunning.labelValues(labels).dec();
        } else {
            duration.labelValues(labels).observe(took.toNanos() / 1e9);
        }
        String[] withCode = new String[labels.length + 1];
        System.arraycopy(labels, 0, withCode, 0, labels.length);
        withCode[labels.length] = Integer.toString(code);
        total.labelValues(withCode).inc();
    }

    /** What a caller makes up must not become a label: a resource that is not served is counted without its name. */
    private String[] labels(RequestInfo request) {
        GroupVersionResource resource = request.resource();
        boolean isServed = resource != null
                && catalogue
                        .resource(resource)
                        .filter(type -> request.subresource().isEmpty()
                                || type.subresource(request.subresource()).isPresent())
                        .isPresent();
        if (resource == null || !isServed) {
            return new String[] {verb(request), "", "", "", "", "", "apiserver"};
        }
        String scope =
                !request.name().isEmpty() ? "resource" : request.namespace().isEmpty() ? "cluster" : "namespace";
        return new String[] {
            verb(request),
            resource.group(),
            resource.version(),
            resource.resource(),
            request.subresource(),
            scope,
            "apiserver"
        };
    }

    private static String verb(RequestInfo request) {
        String verb = CONNECTING.contains(request.subresource()) ? "connect" : request.verb();
        return VERBS.contains(verb) ? verb.toUpperCase(Locale.ROOT) : "other";
    }
}
