package io.kvorum.kubelet.pod;

import io.fabric8.kubernetes.api.model.HostAlias;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Optional;

/** The text of a pod's /etc/hosts. Pure. */
final class HostsFile {
    private HostsFile() {}

    static String of(Pod pod, List<String> addresses, String hostname, Optional<String> domainName) {
        StringBuilder text = new StringBuilder("""
                # Kubernetes-managed hosts file.
                127.0.0.1\tlocalhost
                ::1\tlocalhost ip6-localhost ip6-loopback
                fe00::0\tip6-localnet
                fe00::0\tip6-mcastprefix
                fe00::1\tip6-allnodes
                fe00::2\tip6-allrouters
                """);
        for (String address : addresses) {
            text.append(address).append('\t');
            domainName.ifPresent(name -> text.append(name).append('\t'));
            text.append(hostname).append('\n');
        }
        return text.append(aliases(pod)).toString();
    }

    static String ofHostNetwork(Pod pod, String machines) {
        return "# Kubernetes-managed hosts file (host network).\n" + machines + aliases(pod);
    }

    private static String aliases(Pod pod) {
        List<HostAlias> aliases =
                Optional.ofNullable(pod.getSpec().getHostAliases()).orElse(List.of());
        if (aliases.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder("\n# Entries added by HostAliases.\n");
        aliases.forEach(alias -> text.append(alias.getIp())
                .append('\t')
                .append(String.join("\t", alias.getHostnames()))
                .append('\n'));
        return text.toString();
    }
}
