package io.kvorum.apiserver.admission;

import static io.kvorum.apiserver.cluster.Fields.strings;

import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** The rules of the Pod Security Standards, each adding what it finds; any thread. */
final class PodSecurityStandard {
    private static final List<String> BASELINE_CAPABILITIES = List.of(
            "AUDIT_WRITE",
            "CHOWN",
            "DAC_OVERRIDE",
            "FOWNER",
            "FSETID",
            "KILL",
            "MKNOD",
            "NET_BIND_SERVICE",
            "SETFCAP",
            "SETGID",
            "SETPCAP",
            "SETUID",
            "SYS_CHROOT");
    private static final List<String> SAFE_SYSCTLS = List.of(
            "kernel.shm_rmid_forced",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range",
            "net.ipv4.ip_local_reserved_ports",
            "net.ipv4.tcp_keepalive_time",
            "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl",
            "net.ipv4.tcp_keepalive_probes",
            "net.ipv4.tcp_rmem",
            "net.ipv4.tcp_wmem");
    private static final List<String> RESTRICTED_VOLUMES = List.of(
            "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret");

    private PodSecurityStandard() {}

    static void baseline(JsonNode pod, List<String> problems) {
        JsonNode spec = pod.path("spec");
        for (String namespace : new String[] {"hostNetwork", "hostPID", "hostIPC"}) {
            if (spec.path(namespace).asBoolean(false)) {
                problems.add("host namespaces (" + namespace + "=true)");
            }
        }
        anyContainer(
                pod,
                problems,
                "privileged",
                each -> security(each).path("privileged").asBoolean(false));
        anyContainer(
                pod,
                problems,
                "non-default capabilities",
                each -> !BASELINE_CAPABILITIES.containsAll(
                        strings(security(each).path("capabilities").path("add"))));
        anyContainer(pod, problems, "hostPort", PodSecurityStandard::hasHostPort);
        anyContainer(
                pod,
                problems,
                "procMount",
                each -> !security(each).path("procMount").asString("Default").equals("Default"));
        anyContainer(pod, problems, "seccompProfile", each -> isUnconfined(security(each)));
        if (isUnconfined(spec.path("securityContext"))) {
            problems.add("seccompProfile (pod must not set securityContext.seccompProfile.type to \"Unconfined\")");
        }
        for (JsonNode volume : spec.path("volumes")) {
            if (volume.has("hostPath")) {
                problems.add("hostPath volumes (volume \"%s\")"
                        .formatted(volume.path("name").asString("")));
            }
        }
        for (JsonNode sysctl : spec.path("securityContext").path("sysctls")) {
            if (!SAFE_SYSCTLS.contains(sysctl.path("name").asString(""))) {
                problems.add(
                        "forbidden sysctls (%s)".formatted(sysctl.path("name").asString("")));
            }
        }
    }

    static void restricted(JsonNode pod, List<String> problems) {
        JsonNode podSecurity = pod.path("spec").path("securityContext");
        anyContainer(
                pod,
                problems,
                "allowPrivilegeEscalation != false",
                each -> security(each).path("allowPrivilegeEscalation").asBoolean(true));
        anyContainer(
                pod,
                problems,
                "unrestricted capabilities",
                each -> !strings(security(each).path("capabilities").path("drop"))
                                .contains("ALL")
                        || !List.of("NET_BIND_SERVICE")
                                .containsAll(strings(
                                        security(each).path("capabilities").path("add"))));
        anyContainer(
                pod,
                problems,
                "runAsNonRoot != true",
                each -> !security(each)
                        .path("runAsNonRoot")
                        .asBoolean(podSecurity.path("runAsNonRoot").asBoolean(false)));
        anyContainer(
                pod,
                problems,
                "runAsUser=0",
                each -> security(each)
                                .path("runAsUser")
                                .asLong(podSecurity.path("runAsUser").asLong(1))
                        == 0);
        anyContainer(pod, problems, "seccompProfile", each -> !isConfined(security(each)) && !isConfined(podSecurity));
        for (JsonNode volume : pod.path("spec").path("volumes")) {
            boolean isRestricted = volume.propertyNames().stream()
                    .allMatch(name -> name.equals("name") || RESTRICTED_VOLUMES.contains(name));
            if (!isRestricted) {
                problems.add("restricted volume types (volume \"%s\")"
                        .formatted(volume.path("name").asString("")));
            }
        }
    }

    private static void anyContainer(JsonNode pod, List<String> problems, String what, Predicate<JsonNode> isBad) {
        List<String> names = PodSecurity.containers(pod).stream()
                .filter(isBad)
                .map(each -> "\"" + each.path("name").asString("") + "\"")
                .toList();
        if (!names.isEmpty()) {
            problems.add("%s (container%s %s)".formatted(what, names.size() == 1 ? "" : "s", String.join(", ", names)));
        }
    }

    private static boolean hasHostPort(JsonNode container) {
        for (JsonNode port : container.path("ports")) {
            if (port.path("hostPort").asInt(0) != 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUnconfined(JsonNode security) {
        return security.path("seccompProfile").path("type").asString("").equals("Unconfined");
    }

    private static boolean isConfined(JsonNode security) {
        String type = security.path("seccompProfile").path("type").asString("");
        return type.equals("RuntimeDefault") || type.equals("Localhost");
    }

    private static JsonNode security(JsonNode container) {
        return container.path("securityContext");
    }
}
