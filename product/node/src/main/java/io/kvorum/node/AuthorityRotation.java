package io.kvorum.node;

import io.kvorum.engine.Consistency;
import io.kvorum.engine.Store;
import io.kvorum.engine.StoreException;
import io.kvorum.http.Endpoint;
import io.kvorum.http.Exchange;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.mvcc.KeyValue;
import io.kvorum.mvcc.Operation;
import io.kvorum.node.secrets.BootstrapRecord;
import io.kvorum.pki.AuthorityCheck;
import io.kvorum.pki.BootstrapCipher;
import io.kvorum.pki.Pem;
import io.kvorum.pki.PkiException;
import io.kvorum.supervisor.BootstrapFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Gives the cluster other authorities: K3s's {@code PUT /v1-k3s/cert/cacerts} judges them and writes them into the store,
 * where every server finds them and keeps them beside its own until it starts again. Any thread; looks on one of its own.
 */
final class AuthorityRotation implements Endpoint, AutoCloseable {
    static final String PATH = "/v1-k3s/cert/cacerts";
    private static final Logger LOG = LoggerFactory.getLogger(AuthorityRotation.class);
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final int MOST_BYTES = 1 << 20;

    private final Path serverFolder;
    private final Store store;
    private final Supplier<String> password;
    private final InstantSource clock;
    private final CountDownLatch closing = new CountDownLatch(1);
    private long lookedAt;

    AuthorityRotation(Path serverFolder, Store store, Supplier<String> password, InstantSource clock) {
        this.serverFolder = serverFolder;
        this.store = store;
        this.password = password;
        this.clock = clock;
    }

    AuthorityRotation start() {
        Thread.ofVirtual().name("authorities").start(this::run);
        return this;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        if (!exchange.method().equals("PUT")) {
            answer(exchange, 405, "authorities are given by PUT");
            return;
        }
        boolean isForced =
                exchange.query().first("force").filter("true"::equals).isPresent();
        try {
            byte[] body = exchange.body().readNBytes(MOST_BYTES);
            JsonNode given = JsonMapper.shared().readTree(body);
            Optional<String> problem = problem(given, isForced);
            if (problem.isPresent()) {
                answer(exchange, 400, problem.get());
                return;
            }
            put(given);
            answer(exchange, 200, "the authorities are in the store");
        } catch (JacksonException e) {
            answer(exchange, 400, "the body is not JSON");
        } catch (StoreException e) {
            answer(exchange, 503, "the authorities could not be written: " + e.getMessage());
        }
    }

    /** Of those authorities that are given; nothing at all is a problem as well. */
    private Optional<String> problem(JsonNode given, boolean isForced) {
        int found = 0;
        for (AuthorityFiles files : AuthorityFiles.ALL) {
            String certificates = content(given, files.name());
            String key = content(given, files.keyName());
            if (certificates.isEmpty() && key.isEmpty()) {
                continue;
            }
            found++;
            if (certificates.isEmpty() || key.isEmpty()) {
                return Optional.of("%s: certificate and key must be given both".formatted(files.file()));
            }
            try {
                List<X509Certificate> trusted =
                        isForced ? List.of() : Pem.certificates(serverFolder.resolve("tls/" + files.file() + ".crt"));
                Optional<String> problem = AuthorityCheck.problem(
                        Pem.certificatesIn(certificates), Pem.keyPairIn(key), trusted, clock.instant());
                if (problem.isPresent()) {
                    return Optional.of("%s: %s".formatted(files.file(), problem.get()));
                }
            } catch (PkiException e) {
                return Optional.of("%s: %s".formatted(files.file(), e.getMessage()));
            }
        }
        String serviceKey = content(given, AuthorityFiles.SERVICE_KEY);
        if (serviceKey.isEmpty()) {
            return found == 0 ? Optional.of("there is no authority in it") : Optional.empty();
        }
        return serviceKeyProblem(serviceKey, isForced);
    }

    /** A key that is not there any more ends all tokens that it has signed, and with them every pod's way to the API. */
    private Optional<String> serviceKeyProblem(String serviceKey, boolean isForced) {
        try {
            PublicKey present = Pem.keyPair(serverFolder.resolve("tls/" + AuthorityFiles.SERVICE_KEY_FILE))
                    .getPublic();
            return isForced
                            || Pem.keyPairsIn(serviceKey).stream()
                                    .anyMatch(each -> each.getPublic().equals(present))
                    ? Optional.empty()
                    : Optional.of("service.key: it must hold the present key behind the new one, so that tokens go on;"
                            + " append it, or use --force");
        } catch (PkiException e) {
            return Optional.of("service.key: " + e.getMessage());
        }
    }

    private static String content(JsonNode document, String name) {
        String encoded = document.path(name).path("Content").asString("");
        try {
            return new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** What is not given stays as it is in the store: this server's disk may lag behind it. */
    private void put(JsonNode given) throws IOException {
        String secret = password.get();
        Optional<BootstrapRecord> found = BootstrapRecord.read(store, secret, Consistency.LINEARIZABLE);
        ObjectNode all = found.isPresent()
                ? found.get().document()
                : (ObjectNode) JsonMapper.shared().readTree(new BootstrapFiles(serverFolder).read());
        for (AuthorityFiles files : AuthorityFiles.ALL) {
            for (String name : List.of(files.name(), files.keyName())) {
                if (given.has(name)) {
                    all.set(name, given.get(name));
                }
            }
        }
        if (given.has(AuthorityFiles.SERVICE_KEY)) {
            all.set(AuthorityFiles.SERVICE_KEY, given.get(AuthorityFiles.SERVICE_KEY));
        }
        StagedAuthorities.mark(all, clock.instant());
        byte[] document = all.toString().getBytes(StandardCharsets.UTF_8);
        Key key = Key.of(BootstrapCipher.storageKey(secret));
        var answered = store.txn(new Operation.Txn(
                found.map(BootstrapRecord::isUnchanged).stream().toList(),
                List.of(new Operation.Put(key, Bytes.utf8(BootstrapCipher.encrypt(secret, document)))),
                List.of()));
        if (!answered.answer().succeeded()) {
            throw new IOException("the cluster's keys were changed meanwhile; try again");
        }
        LOG.atWarn().log("other authorities are in the store; every server takes them over when it starts again");
        look();
    }

    private void run() {
        try {
            do {
                lookSafely();
            } while (!closing.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookSafely() {
        try {
            look();
        } catch (StoreException | IOException e) {
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("could not look for other authorities");
        }
    }

    /** Keeps what another server may have put there, once. */
    synchronized void look() throws IOException {
        String secret = password.get();
        Key key = Key.of(BootstrapCipher.storageKey(secret));
        List<KeyValue> found = store.range(new Operation.Range(KeyRange.single(key)), Consistency.SERIALIZABLE)
                .answer()
                .items();
        if (found.isEmpty() || found.getFirst().modified().value() == lookedAt) {
            return;
        }
        Optional<byte[]> document =
                BootstrapCipher.decrypt(secret, found.getFirst().value().utf8());
        if (document.isPresent() && StagedAuthorities.keep(serverFolder, document.get())) {
            LOG.atWarn().log("this cluster has other authorities: restart this server to take them over");
        }
        lookedAt = found.getFirst().modified().value();
    }

    private static void answer(Exchange exchange, int status, String text) throws IOException {
        String json =
                JsonMapper.shared().createObjectNode().put("message", text).toString();
        exchange.respond(status, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        closing.countDown();
    }
}
