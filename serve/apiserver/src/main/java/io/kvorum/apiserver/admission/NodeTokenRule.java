package io.kvorum.apiserver.admission;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apiserver.authn.Caller;
import io.kvorum.apiserver.cluster.ClusterObjects;
import io.kvorum.apiserver.cluster.Fields;
import io.kvorum.apiserver.cluster.KnownResources;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A node gets tokens only for pods that run on it, bound to them; any thread. */
public final class NodeTokenRule {
    private static final String USER_PREFIX = "system:node:";

    private final ClusterObjects objects;

    public NodeTokenRule(ClusterObjects objects) {
        this.objects = objects;
    }

    /** @throws ApiException 403 */
    public void require(Caller caller, ObjectNode serviceAccount, JsonNode tokenRequest) {
        if (!caller.isIn("system:nodes") || !caller.user().startsWith(USER_PREFIX)) {
            return;
        }
        String node = caller.user().substring(USER_PREFIX.length());
        JsonNode reference = tokenRequest.path("spec").path("boundObjectRef");
        if (!reference.path("kind").asString("").equals("Pod")) {
            throw forbidden(serviceAccount, "node requested token not bound to a pod");
        }
        String pod = reference.path("name").asString("");
        boolean isHere = objects.find(KnownResources.PODS, Fields.namespace(serviceAccount), pod)
                .filter(found ->
                        found.path("spec").path("nodeName").asString("").equals(node))
                .isPresent();
        if (!isHere) {
            throw forbidden(serviceAccount, "node requested token bound to a pod scheduled on a different node");
        }
    }

    private static ApiException forbidden(ObjectNode serviceAccount, String why) {
        return ApiException.forbidden(KnownResources.SERVICE_ACCOUNTS, Fields.name(serviceAccount), why);
    }
}
