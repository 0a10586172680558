package io.kvorum.conformance;

import io.kvorum.pki.Pem;
import io.kvorum.pki.ReloadableKeyManager;
import io.kvorum.pki.Trust;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/**
 * Writes and reads all the time, by whichever server answers, and remembers what it was promised: each write adds a key of
 * its own, so that one that was acknowledged must be found in the end, and a read begun after a write was acknowledged
 * must show that revision or a later one, or say with a Warning that it may not. Two threads of its own.
 */
final class Witness implements AutoCloseable {
    private static final Pattern REVISION = Pattern.compile("\"resourceVersion\":\\s*\"(\\d+)\"");
    private static final Duration CONNECT = Duration.ofMillis(500);
    private static final Duration ANSWER = Duration.ofSeconds(3);
    private static final int KEYS_EACH = 200;

    private final Map<String, HttpClient> servers = new ConcurrentHashMap<>();
    private final SSLContext tls;
    private final Lab lab;
    private final String name;
    private final List<Thread> threads = new ArrayList<>();
    /** By the name of what holds them. */
    private final Map<String, Set<String>> acknowledged = new ConcurrentHashMap<>();

    private final Map<String, Long> revisions = new ConcurrentHashMap<>();
    private final List<String> staleReads = java.util.Collections.synchronizedList(new ArrayList<>());
    private final Map<String, AtomicInteger> failedReads = new ConcurrentHashMap<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger warnedReads = new AtomicInteger();
    private final AtomicLong writes = new AtomicLong();
    private volatile List<String> hosts;
    private volatile String current;
    private volatile boolean isOver;
    private volatile long lastWrite = System.nanoTime();
    private volatile Duration longestGap = Duration.ZERO;
    private volatile String lastFailure = "";

    /** @param kubeconfig of an administrator */
    Witness(Lab lab, String name, Path kubeconfig, List<String> hosts) {
        this.lab = lab;
        this.name = name;
        this.hosts = List.copyOf(hosts);
        this.tls = tls(kubeconfig);
        this.current = name + "-0";
        threads.add(Thread.ofPlatform().name("witness-writer").start(this::write));
        threads.add(Thread.ofPlatform().name("witness-reader").start(this::read));
        Await.until("the first write of " + name, Duration.ofSeconds(60), () -> writes.get() > 0, () -> lastFailure);
        forgetGap();
    }

    static SSLContext tls(Path kubeconfig) {
        try {
            String text = Files.readString(kubeconfig);
            Path pem = Files.createTempFile("witness", ".pem");
            Files.writeString(
                    pem, decoded(text, "client-certificate-data") + "\n" + decoded(text, "client-key-data") + "\n");
            List<X509Certificate> chain = Pem.certificates(pem);
            var keys = new ReloadableKeyManager(
                    new io.kvorum.pki.Identity(Pem.keyPair(pem).getPrivate(), chain));
            Files.delete(pem);
            return Trust.clientContext(Pem.certificatesIn(decoded(text, "certificate-authority-data")), keys);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String decoded(String kubeconfig, String field) {
        Matcher found = Pattern.compile(field + ": \"?([A-Za-z0-9+/=]+)").matcher(kubeconfig);
        if (!found.find()) {
            throw new AssertionError("the kubeconfig has no " + field);
        }
        return new String(Base64.getDecoder().decode(found.group(1)), StandardCharsets.UTF_8);
    }

    /** From now on it asks these. */
    void ask(List<String> servers) {
        hosts = List.copyOf(servers);
    }

    private void write() {
        for (long n = 0; !isOver; n++) {
            String map = name + "-" + n / KEYS_EACH;
            String key = "k" + n;
            while (!isOver && !isWritten(map, key)) {
                pause();
            }
        }
    }

    /** Each server once. */
    private boolean isWritten(String map, String key) {
        for (String host : hosts) {
            try {
                HttpResponse<String> answer = send(
                        host,
                        HttpRequest.newBuilder(uri(host, map))
                                .header("Content-Type", "application/merge-patch+json")
                                .method("PATCH", BodyPublishers.ofString("{\"data\":{\"" + key + "\":\"\"}}")));
                if (answer.statusCode() == 404) {
                    answer = send(
                            host,
                            HttpRequest.newBuilder(uri(host, ""))
                                    .header("Content-Type", "application/json")
                                    .POST(BodyPublishers.ofString(
                                            "{\"metadata\":{\"name\":\"%s\"},\"data\":{\"%s\":\"\"}}"
                                                    .formatted(map, key))));
                }
                if (answer.statusCode() / 100 == 2) {
                    note(map, key, revision(answer.body()));
                    return true;
                }
                lastFailure = host + ": " + answer.statusCode() + " " + answer.body();
            } catch (IOException e) {
                lastFailure = host + ": " + e;
            }
        }
        return false;
    }

    private void note(String map, String key, long revision) {
        acknowledged
                .computeIfAbsent(map, absent -> ConcurrentHashMap.newKeySet())
                .add(key);
        revisions.merge(map, revision, Math::max);
        current = map;
        long now = System.nanoTime();
        Duration gap = Duration.ofNanos(now - lastWrite);
        lastWrite = now;
        longestGap = gap.compareTo(longestGap) > 0 ? gap : longestGap;
        writes.incrementAndGet();
    }

    private void read() {
        while (!isOver) {
            for (String host : hosts) {
                String map = current;
                Long atLeast = revisions.get(map);
                if (atLeast != null && !isOver) {
                    readOne(host, map, atLeast);
                }
            }
            pause();
        }
    }

    private void readOne(String host, String map, long atLeast) {
        try {
            HttpResponse<String> answer =
                    send(host, HttpRequest.newBuilder(uri(host, map)).GET());
            boolean isWarned = answer.headers().firstValue("Warning").isPresent();
            // a copy may be older than the whole object
            if (answer.statusCode() == 200 || answer.statusCode() == 404) {
                reads.incrementAndGet();
                if (isWarned) {
                    warnedReads.incrementAndGet();
                } else if (revision(answer.body()) < atLeast) {
                    staleReads.add("%s showed revision %d of %s after %d was acknowledged"
                            .formatted(host, revision(answer.body()), map, atLeast));
                }
                return;
            }
        } catch (IOException e) {
            // counted below
        }
        failedReads.computeIfAbsent(host, absent -> new AtomicInteger()).incrementAndGet();
    }

    private HttpResponse<String> send(String host, HttpRequest.Builder request) throws IOException {
        HttpClient client = servers.computeIfAbsent(
                host,
                absent -> HttpClient.newBuilder()
                        .sslContext(tls)
                        .connectTimeout(CONNECT)
                        .version(HttpClient.Version.HTTP_1_1)
                        .build());
        try {
            return client.send(request.timeout(ANSWER).build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private URI uri(String host, String map) {
        return URI.create("https://%s:6443/api/v1/namespaces/default/configmaps%s"
                .formatted(lab.address(host), map.isEmpty() ? "" : "/" + map));
    }

    private static long revision(String body) {
        Matcher found = REVISION.matcher(body);
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }

    /** Not a tight loop: the servers share this machine. */
    private static void pause() {
        java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }

    long writes() {
        return writes.get();
    }

    int reads() {
        return reads.get();
    }

    int warnedReads() {
        return warnedReads.get();
    }

    int failedReads(String host) {
        AtomicInteger count = failedReads.get(host);
        return count == null ? 0 : count.get();
    }

    void forgetFailedReads() {
        failedReads.clear();
    }

    void forgetGap() {
        longestGap = Duration.ZERO;
    }

    /** Also one that has not ended. */
    Duration longestGap() {
        Duration present = Duration.ofNanos(System.nanoTime() - lastWrite);
        return present.compareTo(longestGap) > 0 ? present : longestGap;
    }

    void awaitWrites(int more, Duration limit) {
        long before = writes.get();
        Await.until(more + " more writes", limit, () -> writes.get() >= before + more, () -> lastFailure);
    }

    /** Reports, and fails when a promise was not kept. */
    void judge(String happening) {
        System.out.printf(
                "%s: longest gap between writes %d ms; %d writes, %d reads, %d with a Warning, failed reads %s%n",
                happening,
                longestGap().toMillis(),
                writes(),
                reads(),
                warnedReads(),
                new java.util.TreeMap<>(failedReads));
        if (!staleReads.isEmpty()) {
            throw new AssertionError(happening + ": stale reads without a Warning: " + staleReads);
        }
        acknowledged.forEach((map, keys) -> requireAll(happening, map, keys));
        forgetGap();
    }

    private void requireAll(String happening, String map, Set<String> keys) {
        Set<String> promised = new TreeSet<>(keys);
        String found = bodyOfAnybody(map);
        promised.removeIf(key -> found.contains("\"" + key + "\""));
        if (!promised.isEmpty()) {
            throw new AssertionError(happening + ": acknowledged and lost in " + map + ": " + promised);
        }
    }

    private String bodyOfAnybody(String map) {
        var body = new StringBuilder();
        Await.until(
                "a read of " + map,
                Duration.ofSeconds(30),
                () -> {
                    for (String host : hosts) {
                        try {
                            HttpResponse<String> answer = send(
                                    host, HttpRequest.newBuilder(uri(host, map)).GET());
                            if (answer.statusCode() == 200
                                    && answer.headers().firstValue("Warning").isEmpty()) {
                                body.append(answer.body());
                                return true;
                            }
                        } catch (IOException e) {
                            lastFailure = host + ": " + e;
                        }
                    }
                    return false;
                },
                () -> lastFailure);
        return body.toString();
    }

    @Override
    public void close() {
        isOver = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        servers.values().forEach(HttpClient::shutdownNow);
    }
}
