package io.kvorum.apiserver.discovery;

import io.kvorum.http.Exchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Shows checks in upstream's text form, which people and load balancers read; any thread. */
final class HealthPage {
    private final String name;
    private final List<HealthCheck> checks;

    /** @param name such as {@code readyz} */
    HealthPage(String name, List<HealthCheck> checks) {
        this.name = name;
        this.checks = List.copyOf(checks);
    }

    /** @param single the name of one check; empty for all */
    void show(Exchange exchange, String single) throws IOException {
        if (single.isEmpty()) {
            showAll(exchange);
            return;
        }
        Optional<HealthCheck> wanted =
                checks.stream().filter(check -> check.name().equals(single)).findFirst();
        if (wanted.isEmpty()) {
            send(exchange, 404, "404 page not found\n");
            return;
        }
        Optional<String> failure = wanted.get().failure().get();
        send(
                exchange,
                failure.isEmpty() ? 200 : 500,
                failure.map(why -> "internal server error: " + why).orElse("ok"));
    }

    private void showAll(Exchange exchange) throws IOException {
        List<String> excluded = exchange.query().all("exclude");
        boolean onlyReads =
                exchange.query().first("mode").filter("read"::equals).isPresent();
        StringBuilder text = new StringBuilder();
        boolean isWell = true;
        for (HealthCheck check : checks) {
            if (excluded.contains(check.name())) {
                text.append("[+]").append(check.name()).append(" excluded: ok\n");
                continue;
            }
            if (onlyReads && check.need() == HealthCheck.Need.WRITES) {
                text.append("[+]").append(check.name()).append(" not needed for reads: ok\n");
                continue;
            }
            Optional<String> failure = check.failure().get();
            isWell &= failure.isEmpty();
            text.append(failure.map(why -> "[-]" + check.name() + " failed: " + why + "\n")
                    .orElse("[+]" + check.name() + " ok\n"));
        }
        excluded.stream()
                .filter(unknown ->
                        checks.stream().noneMatch(check -> check.name().equals(unknown)))
                .forEach(unknown -> text.append("warn: some health checks cannot be excluded: no matches for \"")
                        .append(unknown)
                        .append("\"\n"));
        if (!isWell) {
            send(exchange, 500, text + name + " check failed\n");
        } else if (exchange.query().first("verbose").isPresent()) {
            send(exchange, 200, text + name + " check passed\n");
        } else {
            send(exchange, 200, "ok");
        }
    }

    private static void send(Exchange exchange, int status, String text) throws IOException {
        exchange.responseHeaders().set("X-Content-Type-Options", "nosniff").set("Cache-Control", "no-cache, private");
        exchange.respond(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }
}
