package io.kvorum.supervisor;

import io.kvorum.pki.NodePasswordHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who first came under a node's name keeps it: the hash of its password is a Secret of kube-system, as K3s has it. Any
 * thread.
 */
public final class NodePasswords {
    private static final String SECRETS = "/api/v1/namespaces/kube-system/secrets";

    private final ClusterApi cluster;

    public NodePasswords(ClusterApi cluster) {
        this.cluster = cluster;
    }

    /**
     * Notes the password of a new node, or compares it with the one noted. The password of a node that is not there any
     * more counts for nothing: a replaced machine gets its name.
     *
     * @return whether the name is this node's
     * @throws IOException when the API cannot say
     */
    public boolean admits(String nodeName, String password) throws IOException {
        String name = secretName(nodeName);
        Optional<ObjectNode> known = cluster.find(SECRETS + "/" + name);
        if (known.isPresent() && fits(known.get(), password)) {
            return true;
        }
        if (known.isPresent()) {
            if (cluster.find("/api/v1/nodes/" + nodeName).isPresent()) {
                return false;
            }
            cluster.delete(SECRETS + "/" + name);
        }
        if (cluster.create(SECRETS, secret(name, NodePasswordHash.of(password)))) {
            return true;
        }
        return cluster.find(SECRETS + "/" + name)
                .map(secret -> fits(secret, password))
                .orElse(false);
    }

    /** Gives the name to a machine that is trusted with it, whoever had it. */
    public void replace(String nodeName, String password) throws IOException {
        String name = secretName(nodeName);
        cluster.delete(SECRETS + "/" + name);
        cluster.create(SECRETS, secret(name, NodePasswordHash.of(password)));
    }

    private static String secretName(String nodeName) {
        return nodeName.toLowerCase(Locale.ROOT) + ".node-password.k3s";
    }

    private static boolean fits(ObjectNode secret, String password) {
        byte[] hash =
                Base64.getDecoder().decode(secret.path("data").path("hash").asString(""));
        return NodePasswordHash.fits(new String(hash, StandardCharsets.UTF_8), password);
    }

    private static ObjectNode secret(String name, String hash) {
        ObjectNode secret = JsonMapper.shared().createObjectNode();
        secret.put("apiVersion", "v1")
                .put("kind", "Secret")
                .put("immutable", true)
                .put("type", "Opaque");
        secret.putObject("metadata").put("name", name).put("namespace", "kube-system");
        secret.putObject("data").put("hash", Base64.getEncoder().encodeToString(hash.getBytes(StandardCharsets.UTF_8)));
        return secret;
    }
}
