package io.kvorum.kubelet.registry;

import java.net.URI;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a node's {@code registries.yaml} says; a value.
 *
 * @param mirrors by the registry in images' names, {@code *} for all others, the places to ask first, in order
 * @param access by host and port, how to come in there
 */
public record Registries(SortedMap<String, List<URI>> mirrors, SortedMap<String, Access> access) {
    public static final Registries NONE = new Registries(Collections.emptySortedMap(), Collections.emptySortedMap());
    /** In the place of a registry's name: all that have no mirrors of their own. */
    public static final String ALL_OTHERS = "*";

    public Registries {
        mirrors = Collections.unmodifiableSortedMap(new TreeMap<>(mirrors));
        access = Collections.unmodifiableSortedMap(new TreeMap<>(access));
    }

    /**
     * How to come into a registry.
     *
     * @param skipsVerification whether its certificate is not looked at
     */
    public record Access(
            Optional<Credentials> credentials,
            Optional<Path> authority,
            Optional<ClientCertificate> certificate,
            boolean skipsVerification) {}

    /** Empty words are left out. */
    public record Credentials(String user, String password, String auth, String identityToken) {
        @Override
        public String toString() {
            return "credentials of " + user;
        }
    }

    /** Files with a certificate and its key. */
    public record ClientCertificate(Path certificate, Path key) {}

    /** All that are named as one that images come from. */
    SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>(mirrors.keySet());
        names.addAll(access.keySet());
        return names;
    }
}
