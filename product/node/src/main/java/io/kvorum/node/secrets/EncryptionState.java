package io.kvorum.node.secrets;

import io.kvorum.model.Revision;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What the servers of a cluster agreed on about Secrets. Immutable, any thread.
 *
 * @param text of the configuration as it lies on every server's disk; empty for none
 * @param before the stage that writing anew began in; the same as the stage otherwise
 * @param revision of the agreement in the store; zero while a cluster has the keys that it began with
 */
record EncryptionState(
        EncryptionConfiguration configuration,
        String text,
        RotationStage stage,
        RotationStage before,
        Revision revision) {
    static final EncryptionState NONE = new EncryptionState(
            EncryptionConfiguration.NONE, "", RotationStage.START, RotationStage.START, Revision.ZERO);

    /** @throws IllegalArgumentException when the text is not a configuration that is known here */
    static EncryptionState of(String text, RotationStage stage, RotationStage before, Revision revision) {
        EncryptionConfiguration configuration =
                text.isEmpty() ? EncryptionConfiguration.NONE : EncryptionConfiguration.parse(text);
        return new EncryptionState(configuration, text, stage, before, revision);
    }

    /** As K3s compares servers by: SHA-256 of the file. */
    String hash() {
        if (text.isEmpty()) {
            return "";
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** What K3s keeps in {@code cred/encryption-state.json}; it does not keep that it writes anew. */
    String mark() {
        return before.word() + "-" + hash();
    }

    /** Names no secret. */
    @Override
    public String toString() {
        return "EncryptionState[%s, %s, %s]".formatted(configuration, stage.word(), revision);
    }
}
