package io.kvorum.kubelet.desired;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** The environment variables by which a container finds Services. Pure. */
final class ServiceVariables {
    private ServiceVariables() {}

    /** Those of the pod's namespace if it wants links, and always those of {@code default/kubernetes}. */
    static SortedMap<String, String> of(List<Service> services, String namespace, boolean links) {
        SortedMap<String, String> variables = new TreeMap<>();
        for (Service service : services) {
            String owner = service.getMetadata().getNamespace();
            boolean apiServer =
                    owner.equals("default") && service.getMetadata().getName().equals("kubernetes");
            if (apiServer || (links && owner.equals(namespace))) {
                addService(service, variables);
            }
        }
        return variables;
    }

    private static void addService(Service service, SortedMap<String, String> variables) {
        String address = service.getSpec().getClusterIP();
        List<ServicePort> ports = service.getSpec().getPorts();
        if (address == null || address.isEmpty() || address.equals("None") || ports == null || ports.isEmpty()) {
            return;
        }
        String prefix = upper(service.getMetadata().getName());
        ServicePort first = ports.getFirst();
        String shown = address.contains(":") ? "[" + address + "]" : address;
        variables.put(prefix + "_SERVICE_HOST", address);
        variables.put(prefix + "_SERVICE_PORT", first.getPort().toString());
        variables.put(prefix + "_PORT", url(first, shown));
        for (ServicePort port : ports) {
            if (port.getName() != null && !port.getName().isEmpty()) {
                variables.put(
                        prefix + "_SERVICE_PORT_" + upper(port.getName()),
                        port.getPort().toString());
            }
            String one = prefix + "_PORT_" + port.getPort() + "_" + protocol(port);
            variables.put(one, url(port, shown));
            variables.put(one + "_PROTO", protocol(port).toLowerCase(Locale.ROOT));
            variables.put(one + "_PORT", port.getPort().toString());
            variables.put(one + "_ADDR", address);
        }
    }

    private static String url(ServicePort port, String address) {
        return protocol(port).toLowerCase(Locale.ROOT) + "://" + address + ":" + port.getPort();
    }

    private static String protocol(ServicePort port) {
        return port.getProtocol() == null ? "TCP" : port.getProtocol();
    }

    private static String upper(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
