package io.kvorum.node.snapshots;

import io.kvorum.pki.BootstrapCipher;
import io.kvorum.snapshot.SnapshotFile;
import io.kvorum.snapshot.catalogue.Inspection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

    /** @param plain the snapshot as it can be read */
    static SealedAuthorities open(Path plain, Inspection seen, Optional<String> password) {
        if (seen.bootstrapKeys().isEmpty()) {
            return new Absent();
        }
        if (password.isEmpty()) {
            return new Closed();
        }
        String key = BootstrapCipher.storageKey(password.get());
        return newest(plain, key)
                .flatMap(hidden -> BootstrapCipher.decrypt(password.get(), hidden))
                .<SealedAuthorities>map(bytes -> new Opened(new String(bytes, StandardCharsets.UTF_8)))
                .orElseGet(() -> new Unfit(seen.bootstrapKeys(), key.substring(key.lastIndexOf('/') + 1)));
    }

    private static Optional<String> newest(Path plain, String key) {
        @Nullable String[] found = new String[1];
        try (SnapshotFile file = SnapshotFile.open(plain)) {
            file.history((at, isDeletion, record) -> {
                if (record.key().bytes().utf8().equals(key)) {
                    found[0] = isDeletion ? null : record.value().utf8();
                }
            });
        }
        return Optional.ofNullable(found[0]);
    }
}
