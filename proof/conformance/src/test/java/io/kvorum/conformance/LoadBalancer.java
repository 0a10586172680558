package io.kvorum.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Debian's haproxy on a lab host, before three servers. One thread. */
final class LoadBalancer {
    /** The plain TCP checks that people set up. */
    private static final String PLAIN = """
            global
                log /dev/log local0
                log /dev/log local1 notice
                chroot /var/lib/haproxy
                stats socket /run/haproxy/admin.sock mode 660 level admin
                stats timeout 30s
                user haproxy
                group haproxy
                daemon

            defaults
                log     global
                mode    tcp
                option  tcplog
                option  dontlognull
                timeout connect 5000
                timeout client  50000
                timeout server  50000

            frontend k3s_api
                bind *:6443
                mode tcp
                default_backend k3s_servers

            backend k3s_servers
                mode tcp
                balance roundrobin
                option tcp-check
                # Health check the API server
                tcp-check connect port 6443
                server server1 SERVER1:6443 check fall 3 rise 2
                server server2 SERVER2:6443 check fall 3 rise 2
                server server3 SERVER3:6443 check fall 3 rise 2

            frontend k3s_supervisor
                bind *:9345
                mode tcp
                default_backend k3s_supervisor_backend

            backend k3s_supervisor_backend
                mode tcp
                balance roundrobin
                option tcp-check
                server server1 SERVER1:9345 check
                server server2 SERVER2:9345 check
                server server3 SERVER3:9345 check
            """;

    /** What docs/operating/high-availability.md recommends; its ports are others, so that both run on one host. */
    private static final String PROMPT = """
            global
                stats socket /run/haproxy/prompt.sock mode 660 level admin

            defaults
                mode tcp
                timeout connect 500ms
                timeout client 10m
                timeout server 10m
                retries 3
                option redispatch 1
                default-server check inter 1s fastinter 250ms downinter 1s fall 2 rise 2 observe layer4 error-limit 2 on-error mark-down on-marked-down shutdown-sessions

            frontend k3s_api
                bind *:7443
                default_backend k3s_servers

            backend k3s_servers
                balance roundrobin
                server server1 SERVER1:6443
                server server2 SERVER2:6443
                server server3 SERVER3:6443

            frontend k3s_supervisor
                bind *:7345
                default_backend k3s_supervisor_backend

            backend k3s_supervisor_backend
                balance roundrobin
                server server1 SERVER1:9345
                server server2 SERVER2:9345
                server server3 SERVER3:9345
            """;

    private static final int NAME_OF_BACK_END = 0;
    private static final int NAME_OF_SERVER = 1;
    private static final int STATUS = 17;

    private final Lab lab;
    private final String host;
    private final String service;
    private final String socket;
    private final int port;

    private LoadBalancer(Lab lab, String host, String service, String socket, int port) {
        this.lab = lab;
        this.host = host;
        this.service = service;
        this.socket = socket;
        this.port = port;
    }

    /** With the configuration people copy from guides. */
    static LoadBalancer plain(Lab lab, String host, List<String> servers) {
        var balancer = new LoadBalancer(lab, host, "haproxy", "/run/haproxy/admin.sock", 6443);
        balancer.start(PLAIN, servers);
        return balancer;
    }

    /** With the configuration that notices a dead server at once; it may run beside the plain one. */
    static LoadBalancer prompt(Lab lab, String host, List<String> servers) {
        var balancer = new LoadBalancer(lab, host, "haproxy-prompt", "/run/haproxy/prompt.sock", 7443);
        balancer.start(PROMPT, servers);
        return balancer;
    }

    /** Runs it in the foreground, as a unit of systemd's would. */
    private void start(String template, List<String> servers) {
        String configuration = template;
        for (int n = 0; n < servers.size(); n++) {
            configuration = configuration.replace("SERVER" + (n + 1), lab.address(servers.get(n)));
        }
        String file = "/etc/haproxy/" + service + ".cfg";
        try {
            Path onHost = lab.path(host, file);
            Files.createDirectories(onHost.getParent());
            Files.writeString(onHost, configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lab.exec(host, Duration.ofSeconds(10), "mkdir", "-p", "/run/haproxy", "/var/lib/haproxy")
                .expectSuccess();
        lab.spawn(host, service, List.of("haproxy", "-db", "-f", file));
    }

    String address() {
        return lab.address(host);
    }

    /** Where it takes what is meant for the API. */
    int port() {
        return port;
    }

    /** Three servers, by two ports each. */
    boolean isAllGreen() {
        return standings().stream().filter(line -> line.endsWith("=UP")).count() == 6;
    }

    /** Such as {@code k3s_servers/server1=UP}, in the order of their names. */
    List<String> standings() {
        Map<String, String> found = new TreeMap<>();
        for (String line : statistics().lines().toList()) {
            String[] fields = line.split(",", -1);
            if (fields.length > STATUS && fields[NAME_OF_SERVER].startsWith("server")) {
                found.put(fields[NAME_OF_BACK_END] + "/" + fields[NAME_OF_SERVER], fields[STATUS]);
            }
        }
        return found.entrySet().stream().map(Map.Entry::toString).toList();
    }

    private String statistics() {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(lab.path(host, socket)));
            channel.write(ByteBuffer.wrap("show stat\n".getBytes(StandardCharsets.US_ASCII)));
            var all = new StringBuilder();
            var buffer = ByteBuffer.allocate(8192);
            while (channel.read(buffer) >= 0) {
                all.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
                buffer.clear();
            }
            return all.toString();
        } catch (IOException e) {
            return "";
        }
    }

    String log() {
        return lab.log(host, service);
    }
}
