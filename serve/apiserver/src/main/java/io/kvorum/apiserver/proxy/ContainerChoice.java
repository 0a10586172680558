package io.kvorum.apiserver.proxy;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apiserver.cluster.Fields;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Which container of a pod a request means; any thread. */
final class ContainerChoice {
    private ContainerChoice() {}

    /**
     * @param wanted empty when the caller named none
     * @throws ApiException 400 with the names to choose from
     */
    static String of(JsonNode pod, String wanted) {
        List<String> containers = names(pod, "containers");
        List<String> initContainers = names(pod, "initContainers");
        List<String> ephemeral = names(pod, "ephemeralContainers");
        if (wanted.isEmpty()) {
            if (containers.size() == 1) {
                return containers.getFirst();
            }
            throw ApiException.badRequest(mustChoose(Fields.name(pod), containers, initContainers, ephemeral));
        }
        boolean isThere = containers.contains(wanted) || initContainers.contains(wanted) || ephemeral.contains(wanted);
        if (!isThere) {
            throw ApiException.badRequest("container %s is not valid for pod %s".formatted(wanted, Fields.name(pod)));
        }
        return wanted;
    }

    private static String mustChoose(
            String pod, List<String> containers, List<String> initContainers, List<String> ephemeral) {
        StringBuilder text = new StringBuilder("a container name must be specified for pod ").append(pod);
        if (!containers.isEmpty()) {
            text.append(", choose one of: ").append(list(containers));
        }
        if (!initContainers.isEmpty()) {
            text.append(" or one of the init containers: ").append(list(initContainers));
        }
        if (!ephemeral.isEmpty()) {
            text.append(" or one of the ephemeral containers: ").append(list(ephemeral));
        }
        return text.toString();
    }

    private static String list(List<String> names) {
        return "[" + String.join(" ", names) + "]";
    }

    private static List<String> names(JsonNode pod, String field) {
        List<String> names = new ArrayList<>();
        pod.path("spec").path(field).forEach(each -> names.add(each.path("name").asString("")));
        return names;
    }
}
