package io.kvorum.node.snapshots;

import io.kvorum.engine.StoreException;
import io.kvorum.http.Endpoint;
import io.kvorum.http.Exchange;
import io.kvorum.node.config.S3Options;
import io.kvorum.snapshot.bbolt.SnapshotDamaged;
import io.kvorum.snapshot.bbolt.SnapshotInaccessible;
import io.kvorum.snapshot.catalogue.SaveBusy;
import io.kvorum.snapshot.catalogue.SaveProgress;
import io.kvorum.snapshot.catalogue.SavedSnapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code POST /db/snapshot} of K3s's supervisor: {@code {"operation": "save"|"list"|"delete"|"prune", ...}}. Whoever
 * calls it has made sure that a server or an administrator asks. Any thread.
 */
public final class SnapshotEndpoint implements Endpoint {
    public static final String PATH = "/db/snapshot";
    /** Who asks for it is told how far the work is: a JSON document a line, the last one the answer. */
    static final String LINES = "application/x-ndjson";

    /** Field of an answer that says why a bucket did not take its part. */
    public static final String BUCKET_FAILURE = "bucketFailure";

    private static final int MOST_BYTES = 1 << 16;
    private static final Duration PROGRESS_PAUSE = Duration.ofMillis(500);

    private final SnapshotService service;
    private final String node;

    public SnapshotEndpoint(SnapshotService service, String node) {
        this.service = service;
        this.node = node;
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        if (exchange.method().equals("POST")) {
            answer(exchange);
        } else {
            fail(exchange, 405, "snapshots are asked for by POST");
        }
    }

    private void answer(Exchange exchange) throws IOException {
        byte[] body = exchange.body().readNBytes(MOST_BYTES);
        boolean wantsLines =
                LINES.equals(exchange.requestHeaders().first("Accept").orElse(""));
        try {
            JsonNode request = JsonMapper.shared().readTree(body);
            if (wantsLines) {
                answerInLines(exchange, request);
            } else {
                respond(exchange, 200, carryOut(request, (step, done) -> {}));
            }
        } catch (JacksonException e) {
            fail(exchange, 400, "the request is not JSON: " + e.getOriginalMessage());
        } catch (SnapshotRefused | IllegalArgumentException e) {
            fail(exchange, 400, String.valueOf(e.getMessage()));
        } catch (SaveBusy e) {
            fail(exchange, 409, String.valueOf(e.getMessage()));
        } catch (SnapshotDamaged | SnapshotInaccessible | StoreException e) {
            fail(exchange, 500, String.valueOf(e.getMessage()));
        }
    }

    private ObjectNode carryOut(JsonNode request, SaveProgress progress) {
        Optional<Path> folder = text(request, "dir").map(Path::of);
        String operation = request.path("operation").asString("");
        return switch (operation) {
            case "save" -> save(request, folder, progress);
            case "list" -> list(request, folder);
            case "restore-namespace" -> restoreNamespace(request);
            case "delete" ->
                with(
                        result(List.of(), service.delete(names(request), folder)),
                        service.deleteInBucket(names(request), bucket(request)));
            case "prune" -> {
                int keep = retention(request).orElse(service.settings().retention());
                yield with(
                        result(List.of(), service.prune(prefix(request), keep, folder)),
                        service.pruneBucket(prefix(request), keep, bucket(request)));
            }
            default -> throw new IllegalArgumentException("unknown operation \"%s\"".formatted(operation));
        };
    }

    private ObjectNode restoreNamespace(JsonNode request) {
        Path file = text(request, "file")
                .map(Path::of)
                .orElseThrow(() -> new IllegalArgumentException("the request names no file"));
        NamespaceRestore.Outcome outcome = service.restoreNamespace(
                file,
                text(request, "namespace").orElse(""),
                request.path("dryRun").asBoolean(false));
        ObjectNode result = JsonMapper.shared().createObjectNode();
        outcome.created().forEach(result.putArray("created")::add);
        outcome.present().forEach(result.putArray("present")::add);
        outcome.failed().forEach(result.putArray("failed")::add);
        return result;
    }

    private ObjectNode list(JsonNode request, Optional<Path> folder) {
        BucketSide.Result there = service.listBucket(bucket(request));
        ObjectNode list = SnapshotObjects.list(service.list(folder), there.snapshots(), node);
        there.failure().ifPresent(reason -> list.put(BUCKET_FAILURE, reason));
        return list;
    }

    /** The bucket's part of a result is told beside the disk's. */
    private static ObjectNode with(ObjectNode result, BucketSide.Result bucket) {
        List<String> named = new ArrayList<>();
        result.path("deleted").forEach(each -> named.add(each.asString("")));
        bucket.snapshots().stream()
                .map(each -> each.name().text())
                .filter(name -> !named.contains(name))
                .forEach(name -> result.withArray("deleted").add(name));
        bucket.failure().ifPresent(reason -> result.put(BUCKET_FAILURE, reason));
        return result;
    }

    private static BucketWish bucket(JsonNode request) {
        JsonNode s3 = request.path("s3");
        Map<String, String> given = new TreeMap<>();
        s3.path("options")
                .properties()
                .forEach(each -> given.put(each.getKey(), each.getValue().asString("")));
        Optional<Boolean> isWanted =
                s3.path("enabled").isBoolean() ? Optional.of(s3.path("enabled").asBoolean()) : Optional.empty();
        return new BucketWish(isWanted, S3Options.of(given));
    }

    private ObjectNode save(JsonNode request, Optional<Path> folder, SaveProgress progress) {
        Optional<Boolean> isCompressed = request.path("compress").isBoolean()
                ? Optional.of(request.path("compress").asBoolean())
                : Optional.empty();
        var wish = new SnapshotWish(prefix(request), folder, isCompressed, retention(request), bucket(request));
        SnapshotService.Saved saved = service.save(wish, progress);
        ObjectNode result = result(List.of(saved.snapshot()), saved.deleted());
        result.put("file", saved.snapshot().file().toAbsolutePath().toString());
        saved.bucketFailure().ifPresent(reason -> result.put(BUCKET_FAILURE, reason));
        return result;
    }

    private static String prefix(JsonNode request) {
        return names(request).stream()
                .findFirst()
                .filter(name -> !name.isEmpty())
                .orElse(SnapshotService.ON_DEMAND);
    }

    private static List<String> names(JsonNode request) {
        List<String> names = new ArrayList<>();
        request.path("name").forEach(each -> names.add(each.asString("")));
        return names;
    }

    private static Optional<Integer> retention(JsonNode request) {
        JsonNode value = request.path("retention");
        if (!value.isNumber()) {
            return Optional.empty();
        }
        if (value.asInt() < 0) {
            throw new IllegalArgumentException("a retention is not negative");
        }
        return Optional.of(value.asInt());
    }

    private static Optional<String> text(JsonNode request, String field) {
        return Optional.of(request.path(field).asString("")).filter(each -> !each.isEmpty());
    }

    private static ObjectNode result(List<SavedSnapshot> created, List<SavedSnapshot> deleted) {
        ObjectNode result = JsonMapper.shared().createObjectNode();
        var createdNames = result.putArray("created");
        created.forEach(each -> createdNames.add(each.name().text()));
        var deletedNames = result.putArray("deleted");
        deleted.forEach(each -> deletedNames.add(each.name().text()));
        return result;
    }

    /** Once lines are sent the status cannot say any more what went wrong; the last line does. */
    private void answerInLines(Exchange exchange, JsonNode request) throws IOException {
        exchange.responseHeaders().set("Content-Type", LINES);
        try (OutputStream out = exchange.respond(200)) {
            var progress = new Lines(out);
            ObjectNode last;
            try {
                last = carryOut(request, progress);
            } catch (SnapshotRefused
                    | IllegalArgumentException
                    | SaveBusy
                    | SnapshotDamaged
                    | SnapshotInaccessible
                    | StoreException e) {
                last = status(500, String.valueOf(e.getMessage()));
            }
            progress.line(last);
        }
    }

    /** A caller who left does not end the work. Used by one thread. */
    private static final class Lines implements SaveProgress {
        private final OutputStream out;
        private SaveProgress.Step step = Step.WRITING;
        private long nextAt = System.nanoTime() + PROGRESS_PAUSE.toNanos();

        Lines(OutputStream out) {
            this.out = out;
        }

        @Override
        public void reached(Step now, long done) {
            if (now == step && (done & 0xff) != 0) {
                return;
            }
            if (now != step || System.nanoTime() > nextAt) {
                step = now;
                nextAt = System.nanoTime() + PROGRESS_PAUSE.toNanos();
                ObjectNode line = JsonMapper.shared().createObjectNode();
                line.put("step", now.name().toLowerCase(java.util.Locale.ROOT)).put("done", done);
                line(line);
            }
        }

        void line(ObjectNode document) {
            try {
                out.write((document + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            } catch (IOException e) {
                nextAt = Long.MAX_VALUE;
            }
        }
    }

    private static void fail(Exchange exchange, int code, String message) throws IOException {
        respond(exchange, code, status(code, message));
    }

    private static ObjectNode status(int code, String message) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("apiVersion", "v1")
                .put("kind", "Status")
                .put("status", "Failure")
                .put("message", message)
                .put("code", code);
    }

    private static void respond(Exchange exchange, int code, ObjectNode document) throws IOException {
        exchange.respond(code, "application/json", document.toString().getBytes(StandardCharsets.UTF_8));
    }
}
