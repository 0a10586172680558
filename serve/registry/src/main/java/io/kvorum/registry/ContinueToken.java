package io.kvorum.registry;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where the next page of a list begins, in upstream's form.
 *
 * @param revision what the list is as of; -1 for a list that goes on with whatever is there now
 * @param start the first key of the page, behind the prefix of the list
 */
record ContinueToken(long revision, String start) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String VERSION = "meta.k8s.io/v1";
    static final long NOW = -1;

    /** The token for what comes behind a key. */
    static ContinueToken behind(Key last, Bytes prefix, long revision) {
        return new ContinueToken(
                revision,
                last.bytes().slice(prefix.length(), last.bytes().length()).utf8() + "\0");
    }

    String text() {
        String json = JSON.writeValueAsString(
                JSON.createObjectNode().put("v", VERSION).put("rv", revision).put("start", start));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    static ContinueToken parse(String text) {
        try {
            JsonNode json = JSON.readTree(Base64.getUrlDecoder().decode(text));
            ContinueToken token = new ContinueToken(
                    json.path("rv").asLong(0), json.path("start").asString(""));
            if (!json.path("v").asString("").equals(VERSION) || token.start.isEmpty() || token.revision == 0) {
                throw invalid();
            }
            return token;
        } catch (IllegalArgumentException | JacksonException e) {
            throw invalid();
        }
    }

    private static ApiException invalid() {
        return ApiException.badRequest("continue key is not valid: encoding does not match any known version");
    }

    Bytes startUnder(Bytes prefix) {
        return prefix.concat(Bytes.utf8(start));
    }
}
