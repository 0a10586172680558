package io.kvorum.node.secrets;

import io.kvorum.pki.PkiException;
import io.kvorum.pki.ValueCipher;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The keys of a cluster's Secrets: an {@code EncryptionConfiguration} as K3s writes it.
 *
 * @param writesPlain whether what is written now is not encrypted
 * @param keys the first one encrypts, unless {@code writesPlain}
 */
public record EncryptionConfiguration(boolean writesPlain, List<NamedKey> keys) {
    private static final int KEY_BYTES = 32;

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
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        ValueCipher cipher(byte[] key) {
            return switch (this) {
                case AESCBC -> ValueCipher.aesCbc(key);
                case SECRETBOX -> ValueCipher.secretBox(key);
            };
        }
    }

    /** A key by the name that values are marked with. */
    record NamedKey(Provider provider, String name, ValueCipher cipher) {
        /** What stands before a value that this key encrypted. */
        String prefix() {
            return "k8s:enc:%s:v1:%s:".formatted(provider.word(), name);
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
        return new EncryptionConfiguration(writesPlain, keys);
    }

    private static void addAll(List<NamedKey> keys, JsonNode written) {
        for (Provider provider : Provider.values()) {
            if (written.has(provider.word())) {
                for (JsonNode key : written.path(provider.word()).path("keys")) {
                    byte[] secret =
                            Base64.getDecoder().decode(key.path("secret").asString(""));
                    keys.add(new NamedKey(provider, key.path("name").asString(""), provider.cipher(secret)));
                }
                return;
            }
        }
        throw new IllegalArgumentException("Secrets are encrypted by %s, and this version knows aescbc and secretbox"
                .formatted(String.join(", ", written.propertyNames())));
    }

    /** A new one with a new key. */
    static String make(Provider provider, RandomGenerator chance) {
        byte[] secret = new byte[KEY_BYTES];
        chance.nextBytes(secret);
        ObjectNode document = JsonMapper.shared().createObjectNode();
        document.put("kind", "EncryptionConfiguration").put("apiVersion", "apiserver.config.k8s.io/v1");
        ObjectNode resource = document.putArray("resources").addObject();
        resource.putArray("resources").add("secrets");
        var providers = resource.putArray("providers");
        providers
                .addObject()
                .putObject(provider.word())
                .putArray("keys")
                .addObject()
                .put("name", provider.word() + "key")
                .put("secret", Base64.getEncoder().encodeToString(secret));
        providers.addObject().putObject("identity");
        return document.toString();
    }

    /** The key that encrypted a value beginning so. */
    Optional<NamedKey> keyOf(String beginning) {
        return keys.stream().filter(key -> beginning.startsWith(key.prefix())).findFirst();
    }

    /** Names no secret. */
    @Override
    public String toString() {
        return "EncryptionConfiguration" + keys.stream().map(NamedKey::prefix).toList();
    }
}
