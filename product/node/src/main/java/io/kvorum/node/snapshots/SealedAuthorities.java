package io.kvorum.node.snapshots;

import io.kvorum.pki.BootstrapCipher;
import io.kvorum.snapshot.catalogue.Inspection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** A cluster's authorities as they are in a snapshot, sealed to its token. */
public sealed interface SealedAuthorities {
    /**
     * The token fits.
     *
     * @param document the files, as K3s keeps them
     */
    record Opened(String document) implements SealedAuthorities {
        @Override
        public String toString() {
            return "authorities";
        }
    }

    /** There are none, such as in a snapshot of an etcd that no Kubernetes was on. */
    record Absent() implements SealedAuthorities {}

    /** No token is known. */
    record Closed() implements SealedAuthorities {}

    /**
     * The token is another one.
     *
     * @param present by which the tokens can be told that would fit
     * @param tried by which the token can be told that was tried
     */
    record Unfit(List<String> present, String tried) implements SealedAuthorities {
        public Unfit {
            present = List.copyOf(present);
        }
    }

    static SealedAuthorities open(Inspection seen, Optional<String> password) {
        if (seen.bootstrap().isEmpty()) {
            return new Absent();
        }
        if (password.isEmpty()) {
            return new Closed();
        }
        String key = BootstrapCipher.storageKey(password.get());
        String name = key.substring(key.lastIndexOf('/') + 1);
        return Optional.ofNullable(seen.bootstrap().get(name))
                .flatMap(hidden -> BootstrapCipher.decrypt(password.get(), hidden.utf8()))
                .<SealedAuthorities>map(bytes -> new Opened(new String(bytes, StandardCharsets.UTF_8)))
                .orElseGet(() -> new Unfit(List.copyOf(seen.bootstrap().keySet()), name));
    }
}
