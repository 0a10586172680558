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

/** Debian's haproxy on a lab host, before three servers, with the plain TCP checks that people set up. One thread. */
final class LoadBalancer {
    private static final String CONFIGURATION = """
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

    private static final int NAME_OF_BACK_END = 0;
    private static final int NAME_OF_SERVER = 1;
    private static final int STATUS = 17;

    private final Lab lab;
    private final String host;

    /** Runs it in the foreground, as a unit of systemd's would. */
    LoadBalancer(Lab lab, String host, List<String> servers) {
        this.lab = lab;
        this.host = host;
        String configuration = CONFIGURATION;
        for (int n = 0; n < servers.size(); n++) {
            configuration = configuration.replace("SERVER" + (n + 1), lab.address(servers.get(n)));
        }
        try {
            Path file = lab.path(host, "/etc/haproxy/haproxy.cfg");
            Files.createDirectories(file.getParent());
            Files.writeString(file, configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lab.exec(host, Duration.ofSeconds(10), "mkdir", "-p", "/run/haproxy", "/var/lib/haproxy")
                .expectSuccess();
        lab.spawn(host, "haproxy", List.of("haproxy", "-db", "-f", "/etc/haproxy/haproxy.cfg"));
    }

    String address() {
        return lab.address(host);
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
        try (var socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.connect(UnixDomainSocketAddress.of(lab.path(host, "/run/haproxy/admin.sock")));
            socket.write(ByteBuffer.wrap("show stat\n".getBytes(StandardCharsets.US_ASCII)));
            var all = new StringBuilder();
            var buffer = ByteBuffer.allocate(8192);
            while (socket.read(buffer) >= 0) {
                all.append(StandardCharsets.US_ASCII.decode(buffer.flip()));
                buffer.clear();
            }
            return all.toString();
        } catch (IOException e) {
            return "";
        }
    }

    String log() {
        return lab.log(host, "haproxy");
    }
}
