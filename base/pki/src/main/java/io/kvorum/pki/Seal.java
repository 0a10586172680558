package io.kvorum.pki;

import java.security.PrivateKey;
import java.security.PublicKey;

/** By what a secret is closed that leaves the machine. Immutable; its text shows no secret. */
public sealed interface Seal {
    /** Whoever knows the words can open it. */
    record Passphrase(String words) implements Seal {
        /** @throws PkiException when it is too short to be one */
        public Passphrase {
            if (words.length() < 8) {
                throw new PkiException("a passphrase has at least 8 characters; better a few words");
            }
        }

        @Override
        public String toString() {
            return "passphrase";
        }
    }

    /** For the holder of the private key: RSA, X25519, or an elliptic curve of NIST. */
    record Recipient(PublicKey key) implements Seal {
        @Override
        public String toString() {
            return "recipient";
        }
    }

    /** The private key that opens what was closed for its holder. */
    record Holder(PrivateKey key) implements Seal {
        @Override
        public String toString() {
            return "holder";
        }
    }
}
