package io.kvorum.network.dns;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.kvorum.network.dns.ZoneAnswer.Alias;
import io.kvorum.network.dns.ZoneAnswer.Found;
import io.kvorum.network.dns.ZoneAnswer.NoData;
import io.kvorum.network.dns.ZoneAnswer.NoName;
import io.kvorum.network.dns.ZoneAnswer.NotOurs;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * The names of the cluster as Kubernetes' DNS specification 1.1.0 lays them down, and the names of its nodes. Keeps nothing;
 * any thread.
 */
final class ClusterZone {
    static final long TTL_SECONDS = 5;
    private static final long NODE_TTL_SECONDS = 60;
    private static final Name IPV4_REVERSE = Name.fromConstantString("in-addr.arpa.");
    private static final Name IPV6_REVERSE = Name.fromConstantString("ip6.arpa.");

    private final ClusterView cluster;
    private final Name domain;
    private final InetAddress serviceAddress;
    private final Predicate<InetAddress> ownAddress;

    ClusterZone(ClusterView cluster, Name domain, InetAddress serviceAddress, Predicate<InetAddress> ownAddress) {
        this.cluster = cluster;
        this.domain = domain;
        this.serviceAddress = serviceAddress;
        this.ownAddress = ownAddress;
    }

    ZoneAnswer answer(Name name, int type) {
        if (name.subdomain(domain)) {
            return inDomain(new Question(name, type), path(name));
        }
        if (name.subdomain(IPV4_REVERSE) || name.subdomain(IPV6_REVERSE)) {
            return reverse(name, type);
        }
        return name.labels() == 2 ? node(name, type) : new NotOurs();
    }

    /** A name and the type of record wanted for it; whoever asks for any gets addresses. */
    private record Question(Name name, int type) {
        boolean wants(int other) {
            return type == other || type == Type.ANY;
        }
    }

    /** The labels below the domain, from the right, in lower case. */
    private List<String> path(Name name) {
        List<String> path = new ArrayList<>();
        for (int i = name.labels() - domain.labels() - 1; i >= 0; i--) {
            path.add(name.getLabelString(i).toLowerCase(Locale.ROOT));
        }
        return path;
    }

    private ZoneAnswer inDomain(Question question, List<String> path) {
        if (path.isEmpty()) {
            return apex(question);
        }
        return switch (path.getFirst()) {
            case "svc" -> services(question, path);
            case "pod" -> pods(question, path);
            case "dns-version" -> path.size() == 1 ? version(question) : new NoName();
            case "dns" -> nameServer(question, path);
            default -> new NoName();
        };
    }

    private ZoneAnswer apex(Question question) {
        return switch (question.type()) {
            case Type.SOA -> found(List.of(authority(question.name())));
            case Type.NS ->
                found(List.of(new NSRecord(question.name(), DClass.IN, TTL_SECONDS, below(domain, "ns", "dns"))));
            default -> new NoData();
        };
    }

    private ZoneAnswer nameServer(Question question, List<String> path) {
        if (path.size() == 2 && path.get(1).equals("ns")) {
            return addresses(question, List.of(serviceAddress.getHostAddress()));
        }
        return path.size() == 1 ? new NoData() : new NoName();
    }

    private ZoneAnswer version(Question question) {
        return question.wants(Type.TXT)
                ? found(List.of(new TXTRecord(question.name(), DClass.IN, TTL_SECONDS, "1.1.0")))
                : new NoData();
    }

    private ZoneAnswer services(Question question, List<String> path) {
        if (path.size() < 3) {
            return path.size() == 1 || cluster.hasServices(path.get(1)) ? new NoData() : new NoName();
        }
        Optional<Service> found = cluster.service(path.get(1), path.get(2));
        if (found.isEmpty()) {
            return new NoName();
        }
        Service service = found.get();
        if ("ExternalName".equals(service.getSpec().getType())) {
            return path.size() == 3 ? external(service) : new NoName();
        }
        return switch (path.size()) {
            case 3 -> service(question, service);
            case 4 -> belowService(question, service, path.get(3));
            case 5 -> port(question, service, path.get(3), path.get(4));
            default -> new NoName();
        };
    }

    private static ZoneAnswer external(Service service) {
        try {
            return new Alias(Name.fromString(service.getSpec().getExternalName(), Name.root));
        } catch (TextParseException notAName) {
            return new NoData();
        }
    }

    private ZoneAnswer service(Question question, Service service) {
        List<NamedEndpoint> endpoints = isHeadless(service) ? endpoints(service) : List.of();
        if (isHeadless(service) && endpoints.isEmpty()) {
            return new NoName();
        }
        if (question.type() == Type.SRV) {
            return srv(question, service, port -> true);
        }
        return addresses(
                question,
                isHeadless(service)
                        ? endpoints.stream()
                                .map(NamedEndpoint::address)
                                .distinct()
                                .toList()
                        : service.getSpec().getClusterIPs());
    }

    /** The name of one endpoint of a headless Service; otherwise a protocol, which has no records itself. */
    private ZoneAnswer belowService(Question question, Service service, String label) {
        if (label.startsWith("_")) {
            boolean known = service.getSpec().getPorts().stream()
                    .anyMatch(port -> label.equals("_" + protocol(port.getProtocol())));
            return known ? new NoData() : new NoName();
        }
        if (!isHeadless(service)) {
            return new NoName();
        }
        List<String> addresses = endpoints(service).stream()
                .filter(endpoint -> endpoint.label().equals(label))
                .map(NamedEndpoint::address)
                .distinct()
                .toList();
        return addresses.isEmpty() ? new NoName() : addresses(question, addresses);
    }

    private ZoneAnswer port(Question question, Service service, String protocol, String port) {
        Predicate<String> wanted = each -> ("_" + each).equals(port + "/" + protocol);
        ZoneAnswer all = srv(question, service, wanted);
        boolean exists = all instanceof Found found && !found.records().isEmpty();
        if (!exists) {
            return new NoName();
        }
        return question.wants(Type.SRV) ? all : new NoData();
    }

    /** SRV records of the ports whose {@code name/_protocol} is wanted. */
    private ZoneAnswer srv(Question question, Service service, Predicate<String> wanted) {
        List<Record> records = new ArrayList<>();
        List<Record> additional = new ArrayList<>();
        Name host = nameOf(service);
        if (isHeadless(service)) {
            for (NamedEndpoint endpoint : endpoints(service)) {
                endpoint.ports().stream()
                        .filter(port -> wanted.test(port.name() + "/_" + port.protocol()))
                        .forEach(port -> {
                            Name target = below(host, endpoint.label());
                            records.add(srv(question.name(), port.number(), target));
                            additional.add(address(target, TTL_SECONDS, endpoint.address()));
                        });
            }
        } else {
            for (ServicePort port : service.getSpec().getPorts()) {
                String name = Optional.ofNullable(port.getName()).orElse("");
                if (wanted.test(name + "/_" + protocol(port.getProtocol()))) {
                    records.add(srv(question.name(), port.getPort(), host));
                }
            }
            service.getSpec().getClusterIPs().forEach(each -> additional.add(address(host, TTL_SECONDS, each)));
        }
        return new Found(records, additional.stream().distinct().toList());
    }

    private static Record srv(Name name, int port, Name target) {
        return new SRVRecord(name, DClass.IN, TTL_SECONDS, 0, 100, port, target);
    }

    private ZoneAnswer pods(Question question, List<String> path) {
        if (path.size() < 3) {
            return new NoData();
        }
        if (path.size() > 3) {
            return new NoName();
        }
        return podAddress(path.get(2))
                .map(address -> addresses(question, List.of(address)))
                .orElseGet(NoName::new);
    }

    /** From {@code 10-42-0-5} or {@code fd00--5} to the address. */
    private static Optional<String> podAddress(String label) {
        boolean looksLikeIpv4 = label.matches("\\d{1,3}(-\\d{1,3}){3}");
        try {
            return Optional.of(InetAddress.ofLiteral(label.replace('-', looksLikeIpv4 ? '.' : ':'))
                    .getHostAddress());
        } catch (IllegalArgumentException notAnAddress) {
            return Optional.empty();
        }
    }

    private ZoneAnswer reverse(Name name, int type) {
        InetAddress address;
        try {
            address = ReverseMap.fromName(name);
        } catch (UnknownHostException incomplete) {
            return new NotOurs();
        }
        List<Name> names = namesOf(address.getHostAddress());
        if (names.isEmpty()) {
            return ownAddress.test(address) ? new NoName() : new NotOurs();
        }
        return type == Type.PTR || type == Type.ANY
                ? found(names.stream()
                        .<Record>map(target -> new PTRRecord(name, DClass.IN, TTL_SECONDS, target))
                        .toList())
                : new NoData();
    }

    private List<Name> namesOf(String address) {
        Optional<Service> service = cluster.serviceAt(address);
        if (service.isPresent()) {
            return List.of(nameOf(service.get()));
        }
        List<Name> names = new ArrayList<>();
        cluster.slicesWith(address).stream()
                .flatMap(slice -> NamedEndpoint.serviceOf(slice).stream()
                        .flatMap(name -> cluster.service(slice.getMetadata().getNamespace(), name).stream()))
                .filter(ClusterZone::isHeadless)
                .distinct()
                .forEach(headless -> endpoints(headless).stream()
                        .filter(endpoint -> endpoint.address().equals(address))
                        .forEach(endpoint -> names.add(below(nameOf(headless), endpoint.label()))));
        return names.stream().distinct().sorted().toList();
    }

    private ZoneAnswer node(Name name, int type) {
        List<String> addresses = cluster.nodeAddresses(name.getLabelString(0).toLowerCase(Locale.ROOT));
        if (addresses.isEmpty()) {
            return new NotOurs();
        }
        return records(new Question(name, type), addresses, NODE_TTL_SECONDS);
    }

    private List<NamedEndpoint> endpoints(Service service) {
        return NamedEndpoint.of(
                cluster.slices(
                        service.getMetadata().getNamespace(),
                        service.getMetadata().getName()),
                Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses()));
    }

    private static boolean isHeadless(Service service) {
        return "None".equals(service.getSpec().getClusterIP());
    }

    private static String protocol(String protocol) {
        return protocol == null ? "tcp" : protocol.toLowerCase(Locale.ROOT);
    }

    private static ZoneAnswer addresses(Question question, List<String> addresses) {
        return records(question, addresses, TTL_SECONDS);
    }

    private static ZoneAnswer records(Question question, List<String> addresses, long ttlSeconds) {
        List<Record> records = addresses.stream()
                .map(address -> address(question.name(), ttlSeconds, address))
                .filter(record -> question.wants(record.getType()))
                .toList();
        return records.isEmpty() ? new NoData() : found(records);
    }

    private static Record address(Name name, long ttlSeconds, String address) {
        InetAddress parsed = InetAddress.ofLiteral(address);
        return parsed.getAddress().length == 4
                ? new org.xbill.DNS.ARecord(name, DClass.IN, ttlSeconds, parsed)
                : new org.xbill.DNS.AAAARecord(name, DClass.IN, ttlSeconds, parsed);
    }

    private static ZoneAnswer found(List<? extends Record> records) {
        return new Found(List.copyOf(records), Collections.emptyList());
    }

    private Name nameOf(Service service) {
        return below(
                domain, service.getMetadata().getName(), service.getMetadata().getNamespace(), "svc");
    }

    private static Name below(Name parent, String... labels) {
        try {
            return Name.concatenate(Name.fromString(String.join(".", labels)), parent);
        } catch (TextParseException | NameTooLongException impossible) {
            throw new IllegalArgumentException(
                    "not a DNS name: " + String.join(".", labels) + "." + parent, impossible);
        }
    }

    /** Goes with answers that deny, so that resolvers know how long to believe them. */
    SOARecord authority(Name owner) {
        Name zone = owner.subdomain(domain) ? domain : owner;
        return new SOARecord(
                zone,
                DClass.IN,
                TTL_SECONDS,
                below(domain, "ns", "dns"),
                below(domain, "hostmaster"),
                1,
                7200,
                1800,
                86_400,
                TTL_SECONDS);
    }
}
