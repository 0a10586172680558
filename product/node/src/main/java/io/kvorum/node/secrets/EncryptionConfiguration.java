package io.kvorum.node.secrets;

import io.kvorum.model.Bytes;
import io.kvorum.pki.PkiException;
import io.kvorum.pki.ValueCipher;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The keys of a cluster's Secrets: an {@code EncryptionConfiguration} as K3s writes it. Immutable, any thread.
 *
 * @param writesPlain whether what is written now is not encrypted
 * @param keys the first one encrypts, unless {@code writesPlain}
 */
public record EncryptionConfiguration(boolean writesPlain, List<NamedKey> keys) {
    private static final int KEY_BYTES = 32;
    private static final Bytes ENCRYPTED = Bytes.utf8("k8s:enc:");
    /** Longer than any prefix that is made. */
    private static final int LONGEST_PREFIX = 256;

    static final EncryptionConfiguration NONE = new EncryptionConfiguration(true, List.of());

    /** In the words of the configuration. */
    enum Provider {
        AESCBC("AES-CBC"),
        SECRETBOX("XSalsa20-POLY1305");

        private final String shown;

        Provider(String shown) {
            this.shown = shown;
        }

        /** As K3s's status has it. */
        String shown() {
            return shown;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Provider> ofWord(String word) {
            for (Provider each : values()) {
                if (each.word().equals(word)) {
                    return Optional.of(each);
                }
            }
            return Optional.empty();
        }

        ValueCipher cipher(byte[] key) {
            return switch (this) {
                case AESCBC -> ValueCipher.aesCbc(key);
                case SECRETBOX -> ValueCipher.secretBox(key);
            };
        }
    }

    /**
     * A key by the name that values are marked with.
     *
     * @param secret in Base64
     */
    record NamedKey(Provider provider, String name, String secret, ValueCipher cipher) {
        static NamedKey of(Provider provider, String name, String secret) {
            return new NamedKey(
                    provider, name, secret, provider.cipher(Base64.getDecoder().decode(secret)));
        }

        static NamedKey random(Provider provider, String name, RandomGenerator chance) {
            byte[] secret = new byte[KEY_BYTES];
            chance.nextBytes(secret);
            return of(provider, name, Base64.getEncoder().encodeToString(secret));
        }

        /** What stands before a value that this key encrypted. */
        String prefix() {
            return "k8s:enc:%s:v1:%s:".formatted(provider.word(), name);
        }

        String shown() {
            return provider.shown() + " " + name;
        }

        /** Names no secret. */
        @Override
        public String toString() {
            return shown();
        }
    }

    public EncryptionConfiguration {
        keys = List.copyOf(keys);
    }

    boolean isOn() {
        return !writesPlain && !keys.isEmpty();
    }

    /** @throws IllegalArgumentException when it holds anything but keys for Secrets by providers that are known here */
    static EncryptionConfiguration parse(String json) {
        List<NamedKey> keys = new ArrayList<>();
        boolean writesPlain = false;
        try {
            for (JsonNode resource : JsonMapper.shared().readTree(json).path("resources")) {
                for (JsonNode provider : resource.path("providers")) {
                    if (provider.has("identity")) {
                        writesPlain |= keys.isEmpty();
                    } else {
                        addAll(keys, provider);
                    }
                }
            }
        } catch (JacksonException | PkiException e) {
            throw new IllegalArgumentException("the configuration of encryption cannot be read: " + e.getMessage(), e);
        }
        return new EncryptionConfiguration(writesPlain || keys.isEmpty(), keys);
    }

    private static void addAll(List<NamedKey> keys, JsonNode written) {
        for (Provider provider : Provider.values()) {
            if (written.has(provider.word())) {
                for (JsonNode key : written.path(provider.word()).path("keys")) {
                    keys.add(NamedKey.of(
                            provider,
                            key.path("name").asString(""),
                            key.path("secret").asString("")));
                }
                return;
            }
        }
        throw new IllegalArgumentException("Secrets are encrypted by %s, and this version knows aescbc and secretbox"
                .formatted(String.join(", ", written.propertyNames())));
    }

    /** One that encrypts by a new key, under the name that K3s gives a cluster's first. */
    static EncryptionConfiguration first(Provider provider, RandomGenerator chance) {
        return new EncryptionConfiguration(false, List.of(NamedKey.random(provider, provider.word() + "key", chance)));
    }

    /** As it stands in K3s's file: keys of one provider that follow each other stand together. */
    String json() {
        ObjectNode document = JsonMapper.shared().createObjectNode();
        document.put("kind", "EncryptionConfiguration").put("apiVersion", "apiserver.config.k8s.io/v1");
        ObjectNode resource = document.putArray("resources").addObject();
        resource.putArray("resources").add("secrets");
        ArrayNode providers = resource.putArray("providers");
        if (writesPlain) {
            providers.addObject().putObject("identity");
        }
        Provider last = null;
        ArrayNode together = providers;
        for (NamedKey key : keys) {
            if (key.provider() != last) {
                last = key.provider();
                together = providers.addObject().putObject(last.word()).putArray("keys");
            }
            together.addObject().put("name", key.name()).put("secret", key.secret());
        }
        if (!writesPlain) {
            providers.addObject().putObject("identity");
        }
        return document.toString();
    }

    /** With a new key that reads only, named by the second as K3s does. */
    EncryptionConfiguration prepared(Provider provider, Instant now, RandomGenerator chance) {
        Instant second = now.truncatedTo(ChronoUnit.SECONDS);
        while (isTaken(name(provider, second))) {
            second = second.plusSeconds(1);
        }
        List<NamedKey> more = new ArrayList<>(keys);
        more.add(NamedKey.random(provider, name(provider, second), chance));
        return new EncryptionConfiguration(writesPlain, more);
    }

    private static String name(Provider provider, Instant second) {
        return "%skey-%s".formatted(provider.word(), second);
    }

    private boolean isTaken(String name) {
        return keys.stream().anyMatch(key -> key.name().equals(name));
    }

    /** The last key becomes the one that writes. */
    EncryptionConfiguration rotated() {
        List<NamedKey> turned = new ArrayList<>(keys);
        turned.addFirst(turned.removeLast());
        return new EncryptionConfiguration(writesPlain, turned);
    }

    /** With the key that writes alone. */
    EncryptionConfiguration withoutOthers() {
        return new EncryptionConfiguration(writesPlain, keys.subList(0, 1));
    }

    EncryptionConfiguration writingPlain(boolean plain) {
        return new EncryptionConfiguration(plain, keys);
    }

    static boolean isEncrypted(Bytes stored) {
        return stored.startsWith(ENCRYPTED);
    }

    /** Whether a value stands in the store as it would be written now. */
    boolean isUpToDate(Bytes stored) {
        return isOn() ? stored.startsWith(Bytes.utf8(keys.getFirst().prefix())) : !isEncrypted(stored);
    }

    /** The key that encrypted a value. */
    Optional<NamedKey> keyOf(Bytes stored) {
        String beginning = new String(
                stored.slice(0, Math.min(stored.length(), LONGEST_PREFIX)).toByteArray(), StandardCharsets.ISO_8859_1);
        return keys.stream().filter(key -> beginning.startsWith(key.prefix())).findFirst();
    }

    /** As the name of the one that writes, for people. */
    String writer() {
        return isOn() ? keys.getFirst().shown() : "none";
    }

    /** Names no secret. */
    @Override
    public String toString() {
        return "EncryptionConfiguration[writes=%s, keys=%s]".formatted(writer(), keys);
    }
}
