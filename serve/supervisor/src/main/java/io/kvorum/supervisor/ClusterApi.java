package io.kvorum.supervisor;

import io.kvorum.http.Endpoint;
import io.kvorum.http.Headers;
import io.kvorum.http.LocalCall;
import io.kvorum.pki.Identity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The Kubernetes API of this process, as the supervisor's own user sees it; any thread. */
public final class ClusterApi {
    private static final Duration LIMIT = Duration.ofSeconds(15);

    private final LocalCall call;

    public ClusterApi(Endpoint api, Identity supervisor) {
        this.call = LocalCall.to(api, supervisor.chain()).withAnswerDeadline(LIMIT);
    }

    /** Empty when there is no such object. */
    public Optional<ObjectNode> find(String path) throws IOException {
        Answer answer = send("GET", path, null);
        if (answer.status() == 404) {
            return Optional.empty();
        }
        return Optional.of(answer.expectSuccess());
    }

    /** @return false when there is such an object already */
    public boolean create(String collection, ObjectNode object) throws IOException {
        Answer answer = send("POST", collection, object);
        if (answer.status() == 409) {
            return false;
        }
        answer.expectSuccess();
        return true;
    }

    /** @return false when the object is not there any more, or not as it was */
    public boolean replace(String path, ObjectNode object) throws IOException {
        Answer answer = send("PUT", path, object);
        if (answer.status() == 409 || answer.status() == 404) {
            return false;
        }
        answer.expectSuccess();
        return true;
    }

    /** Server-side apply, which takes fields over from whoever said otherwise. */
    public void apply(String path, ObjectNode object, String manager) throws IOException {
        var headers = new Headers().set("Content-Type", "application/apply-patch+yaml");
        send("PATCH", path + "?force=true&fieldManager=" + manager, object, headers)
                .expectSuccess();
    }

    /** An object that is not there is no error. */
    public void delete(String path) throws IOException {
        Answer answer = send("DELETE", path, null);
        if (answer.status() != 404) {
            answer.expectSuccess();
        }
    }

    private record Answer(String request, int status, JsonNode body) {
        ObjectNode expectSuccess() throws IOException {
            if (status / 100 == 2 && body instanceof ObjectNode object) {
                return object;
            }
            throw new IOException("%s was answered %d: %s"
                    .formatted(request, status, body.path("message").asString("")));
        }
    }

    private Answer send(String method, String path, @org.jspecify.annotations.Nullable ObjectNode object)
            throws IOException {
        var headers = new Headers();
        if (object != null) {
            headers.set("Content-Type", "application/json");
        }
        return send(method, path, object, headers);
    }

    private Answer send(
            String method, String path, @org.jspecify.annotations.Nullable ObjectNode object, Headers headers)
            throws IOException {
        headers.set("Accept", "application/json");
        byte[] bytes = object == null ? new byte[0] : object.toString().getBytes(StandardCharsets.UTF_8);
        if (object != null) {
            headers.set("Content-Length", Integer.toString(bytes.length));
        }
        try (LocalCall.Response response = call.send(method, path, headers, new ByteArrayInputStream(bytes))) {
            return new Answer(method + " " + path, response.status(), body(response));
        }
    }

    /** Of an address that nothing serves, the answer is a line of text. */
    private static JsonNode body(LocalCall.Response response) throws IOException {
        byte[] bytes = response.body().readAllBytes();
        try {
            return JsonMapper.shared().readTree(bytes);
        } catch (JacksonException e) {
            return JsonMapper.shared()
                    .createObjectNode()
                    .put("message", new String(bytes, StandardCharsets.UTF_8).strip());
        }
    }
}
