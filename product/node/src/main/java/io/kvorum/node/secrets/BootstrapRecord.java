package io.kvorum.node.secrets;

import io.kvorum.engine.Consistency;
import io.kvorum.engine.Store;
import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.Operation;
import io.kvorum.pki.BootstrapCipher;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The cluster's keys as they stand in the store, encrypted under the server token, in K3s's format. Whoever changes one of
 * them begins with what stands there, since a server's disk may lag behind. Any thread.
 *
 * @param document the caller owns it
 */
public record BootstrapRecord(Key key, Revision modified, ObjectNode document) {
    private static final String CONFIGURATION = "EncryptionConfig";
    private static final String MARK = "EncryptionHash";

    /** Empty when there is none under this token. */
    public static Optional<BootstrapRecord> read(Store store, String password, Consistency consistency) {
        Key key = Key.of(BootstrapCipher.storageKey(password));
        return store.range(new Operation.Range(KeyRange.single(key)), consistency).answer().items().stream()
                .findFirst()
                .flatMap(
                        found -> BootstrapCipher.decrypt(password, found.value().utf8())
                                .map(plain -> new BootstrapRecord(key, found.modified(), document(plain))));
    }

    private static ObjectNode document(byte[] plain) {
        try {
            if (JsonMapper.shared().readTree(plain) instanceof ObjectNode document) {
                return document;
            }
        } catch (JacksonException e) {
            // as if there were none of them in it
        }
        return JsonMapper.shared().createObjectNode();
    }

    /** Holds while nobody else changed it. */
    public Compare isUnchanged() {
        return Compare.isModifiedAt(key, modified);
    }

    public Operation.Put put(String password) {
        byte[] plain = document.toString().getBytes(StandardCharsets.UTF_8);
        return new Operation.Put(key, Bytes.utf8(BootstrapCipher.encrypt(password, plain)));
    }

    /** The configuration of encryption in it. */
    Optional<String> encryption() {
        return content(document, CONFIGURATION);
    }

    void setEncryption(EncryptionState state, String now) {
        set(CONFIGURATION, state.text(), now);
        set(MARK, state.mark(), now);
    }

    private void set(String name, String text, String now) {
        document.putObject(name)
                .put("Timestamp", now)
                .put("Content", Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The configuration of encryption in the plain document. */
    static Optional<String> encryptionIn(byte[] document) {
        return content(document(document), CONFIGURATION);
    }

    /** Without what changes by itself, for a document that is put onto a disk later. */
    public static byte[] withoutEncryption(byte[] document) {
        ObjectNode rest = document(document);
        rest.remove(List.of(CONFIGURATION, MARK));
        return rest.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Optional<String> content(JsonNode document, String name) {
        String encoded = document.path(name).path("Content").asString("");
        try {
            return encoded.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Names no secret. */
    @Override
    public String toString() {
        return "BootstrapRecord[%s, %s]".formatted(key, modified);
    }
}
