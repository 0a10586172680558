package io.kvorum.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealedEnvelopeTest {
    private static final byte[] SECRET = "K10abc::server:password".getBytes(StandardCharsets.UTF_8);
    private static final Seal WORDS = new Seal.Passphrase("correct horse battery");

    @Test
    void thePassphraseOpensWhatItClosedAndNoOtherDoes() {
        String envelope = SealedEnvelope.close(SECRET, WORDS);

        assertThat(envelope).doesNotContain("password");
        assertThat(SealedEnvelope.open(envelope, WORDS)).hasValue(SECRET);
        assertThat(SealedEnvelope.open(envelope, new Seal.Passphrase("correct horse batterz")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "X25519"})
    void thePrivateKeyOpensWhatWasClosedForItsHolder(String algorithm) throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
        KeyPair others = KeyPairGenerator.getInstance(algorithm).generateKeyPair();

        String envelope = SealedEnvelope.close(SECRET, new Seal.Recipient(keys.getPublic()));

        assertThat(SealedEnvelope.open(envelope, new Seal.Holder(keys.getPrivate())))
                .hasValue(SECRET);
        assertThat(SealedEnvelope.open(envelope, new Seal.Holder(others.getPrivate())))
                .isEmpty();
        assertThatThrownBy(() -> SealedEnvelope.open(envelope, WORDS)).hasMessageContaining("private key");
    }

    @Test
    void aChangeOfHeadOrContentIsNoticed() {
        String envelope = SealedEnvelope.close(SECRET, WORDS);
        String otherHead = envelope.replace("\"cost\":16", "\"cost\":16,\"more\":1");
        int last = envelope.lastIndexOf('"') - 6;
        char changed = envelope.charAt(last) == 'A' ? 'B' : 'A';
        String otherContent = envelope.substring(0, last) + changed + envelope.substring(last + 1);

        assertThat(SealedEnvelope.open(otherHead, WORDS)).isEmpty();
        assertThat(SealedEnvelope.open(otherContent, WORDS)).isEmpty();
        assertThatThrownBy(() -> SealedEnvelope.open("[]", WORDS)).isInstanceOf(PkiException.class);
    }

    @Test
    void anEnvelopeThatWantsAllMemoryIsNotTried() {
        String greedy = SealedEnvelope.close(SECRET, WORDS).replace("\"cost\":16", "\"cost\":30");

        assertThat(SealedEnvelope.open(greedy, WORDS)).isEmpty();
    }

    @Test
    void aPassphraseDoesNotShowAndMustNotBeShort() {
        assertThat(WORDS.toString()).doesNotContain("horse");
        assertThatThrownBy(() -> new Seal.Passphrase("short")).isInstanceOf(PkiException.class);
    }
}
