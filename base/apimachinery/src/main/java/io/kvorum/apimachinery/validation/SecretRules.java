package io.kvorum.apimachinery.validation;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Secrets; what their data must hold depends on their type. */
final class SecretRules implements KindRules {
    private static final Place DATA = Place.of("data");
    private static final String ACCOUNT_NAME = "kubernetes.io/service-account.name";

    @Override
    public void check(ObjectNode object, Problems problems) {
        long bytes = 0;
        for (var entry : Tree.textMap(object, "data").entrySet()) {
            ConfigMapRules.key(DATA, entry.getKey(), problems);
            bytes += ConfigMapRules.decodedLength(entry.getValue());
        }
        ConfigMapRules.size(bytes, problems, "data");
        switch (Tree.text(object, "type")) {
            case "kubernetes.io/service-account-token" -> {
                if (Tree.text(object, "metadata", "annotations", ACCOUNT_NAME).isEmpty()) {
                    problems.required(Place.of("metadata", "annotations").key(ACCOUNT_NAME));
                }
            }
            case "kubernetes.io/dockercfg" -> needs(object, problems, ".dockercfg");
            case "kubernetes.io/dockerconfigjson" -> needs(object, problems, ".dockerconfigjson");
            case "kubernetes.io/tls" -> needs(object, problems, "tls.crt", "tls.key");
            case "kubernetes.io/ssh-auth" -> needs(object, problems, "ssh-privatekey");
            case "kubernetes.io/basic-auth" -> {
                if (!object.path("data").has("username") && !object.path("data").has("password")) {
                    needs(object, problems, "username", "password");
                }
            }
            default -> {}
        }
    }

    private static void needs(ObjectNode secret, Problems problems, String... keys) {
        for (String key : keys) {
            if (!secret.path("data").has(key)) {
                problems.required(DATA.key(key));
            }
        }
    }

    @Override
    public void checkChange(ObjectNode object, ObjectNode before, Problems problems) {
        problems.unchanged(Place.of("type"), Tree.at(object, "type"), Tree.at(before, "type"));
        ConfigMapRules.immutable(object, before, List.of("data"), problems);
    }
}
