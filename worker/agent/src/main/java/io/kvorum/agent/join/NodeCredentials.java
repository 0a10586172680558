package io.kvorum.agent.join;

import io.kvorum.pki.ReloadableKeyManager;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a node has once it has joined: who it is to servers, in three roles, and to those who call it; and whom it believes.
 * The key managers show renewed certificates by themselves.
 */
public record NodeCredentials(
        ReloadableKeyManager kubelet,
        ReloadableKeyManager kubeProxy,
        ReloadableKeyManager controller,
        ReloadableKeyManager kubeletServing,
        List<X509Certificate> serverAuthorities,
        List<X509Certificate> clientAuthorities) {
    public NodeCredentials {
        serverAuthorities = List.copyOf(serverAuthorities);
        clientAuthorities = List.copyOf(clientAuthorities);
    }
}
