package io.kvorum.apiserver.handle;

import io.kvorum.apimachinery.selector.Selection;
import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.tree.Tree;
import io.kvorum.apimachinery.type.GroupVersionResource;
import io.kvorum.registry.ListOptions;
import io.kvorum.registry.Registry;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * The deprecated list of control plane components, which old scripts still read; any thread. All of them live in this
 * process, so those that are not the store are as healthy as whoever answers.
 */
final class ComponentStatuses {
    private static final GroupVersionResource NAMESPACES = new GroupVersionResource("", "v1", "namespaces");
    private static final String STORE = "etcd-0";
    private static final List<String> NAMES = List.of("scheduler", "controller-manager", STORE);

    private final Registry registry;
    private final Answers answers;

    ComponentStatuses(Registry registry, Answers answers) {
        this.registry = registry;
        this.answers = answers;
    }

    void handle(Call call) throws IOException {
        call.warn("v1 ComponentStatus is deprecated in v1.19+");
        switch (call.info().verb()) {
            case "list" -> answers.trees(call, NAMES.stream().map(this::status).toList(), Tree.object());
            case "get" -> {
                String name = call.info().name();
                if (!NAMES.contains(name)) {
                    throw ApiException.notFound(call.type().id(), name);
                }
                answers.tree(call, 200, status(name));
            }
            default ->
                throw ApiException.methodNotAllowed(
                        call.info().verb(), call.type().id());
        }
    }

    private ObjectNode status(String name) {
        boolean isHealthy = !name.equals(STORE) || hasQuorum();
        ObjectNode status = Tree.object();
        status.put("kind", "ComponentStatus").put("apiVersion", "v1");
        status.putObject("metadata").put("name", name);
        status.putArray("conditions")
                .addObject()
                .put("type", "Healthy")
                .put("status", isHealthy ? "True" : "False")
                .put("message", isHealthy ? "ok" : "no quorum");
        return status;
    }

    private boolean hasQuorum() {
        ListOptions one = new ListOptions("", Selection.everything(NAMESPACES), 1, "", "", "");
        return registry.list(registry.type(NAMESPACES), one).staleSince() == null;
    }
}
