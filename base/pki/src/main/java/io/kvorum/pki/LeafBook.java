package io.kvorum.pki;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The leaves that a process uses, so that all of them can be renewed while it runs. Any thread. */
final class LeafBook {
    private final InstantSource clock;
    private final Map<Path, Kept> kept = new LinkedHashMap<>();

    LeafBook(InstantSource clock) {
        this.clock = clock;
    }

    /** One leaf in use, with those who show it. */
    private static final class Kept {
        private final LeafFiles files;
        private CertificateAuthority authority;
        private LeafProfile profile;
        private Identity identity;
        private final List<ReloadableKeyManager> shownBy = new ArrayList<>();

        Kept(LeafFiles files, CertificateAuthority authority, LeafProfile profile, Identity identity) {
            this.files = files;
            this.authority = authority;
            this.profile = profile;
            this.identity = identity;
        }

        boolean renew(InstantSource clock) {
            Identity now = files.ensure(authority, profile, clock.instant());
            if (now.certificate().equals(identity.certificate())) {
                return false;
            }
            identity = now;
            shownBy.forEach(manager -> manager.replace(now));
            return true;
        }
    }

    synchronized Identity ensure(LeafFiles files, CertificateAuthority authority, LeafProfile profile) {
        Kept known = kept.get(files.certificateFile());
        if (known == null) {
            known = new Kept(files, authority, profile, files.ensure(authority, profile, clock.instant()));
            kept.put(files.certificateFile(), known);
            return known.identity;
        }
        known.authority = authority;
        known.profile = profile;
        known.renew(clock);
        return known.identity;
    }

    synchronized ReloadableKeyManager live(Identity identity) {
        Kept known = kept.values().stream()
                .filter(each -> each.identity.certificate().equals(identity.certificate()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not a leaf of this server: " + identity));
        var manager = new ReloadableKeyManager(known.identity);
        known.shownBy.add(manager);
        return manager;
    }

    synchronized List<Path> renewDue() {
        List<Path> renewed = new ArrayList<>();
        kept.forEach((file, leaf) -> {
            if (leaf.renew(clock)) {
                renewed.add(file);
            }
        });
        return renewed;
    }
}
