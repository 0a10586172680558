package io.kvorum.pki;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the certificate files of a node say, service by service as K3s names them. Reads files only; any thread. */
public final class CertificateReport {
    /** K3s warns when it would renew at its next start. */
    private static final Duration WARN_BEFORE_END = Duration.ofDays(120);

    private static final int KEY_CERT_SIGN = 5;
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    private final Path dataFolder;

    /** @param dataFolder such as {@code /var/lib/rancher/k3s} */
    public CertificateReport(Path dataFolder) {
        this.dataFolder = dataFolder;
    }

    /** How a certificate stands. */
    public enum Standing {
        OK,
        WARNING,
        EXPIRED,
        NOT_YET_VALID
    }

    /**
     * One certificate of a file.
     *
     * @param folder where the file is
     * @param file without its folder
     * @param usages of CertSign, ServerAuth, ClientAuth
     */
    public record Line(
            Path folder,
            String file,
            String subject,
            List<String> usages,
            Instant begins,
            Instant ends,
            Standing standing) {
        public Line {
            usages = List.copyOf(usages);
        }
    }

    /** The services there are, in the order they are shown. */
    public static List<String> services() {
        return List.copyOf(filesOf(Path.of("")).keySet());
    }

    private static Map<String, List<Path>> filesOf(Path data) {
        Path tls = data.resolve("server/tls");
        Path agent = data.resolve("agent");
        Map<String, List<Path>> files = new LinkedHashMap<>();
        files.put("admin", List.of(tls.resolve("client-admin")));
        files.put("api-server", List.of(tls.resolve("client-kube-apiserver"), tls.resolve("serving-kube-apiserver")));
        files.put("auth-proxy", List.of(tls.resolve("client-auth-proxy")));
        files.put("cloud-controller", List.of(tls.resolve("client-k3s-cloud-controller")));
        files.put("controller-manager", List.of(tls.resolve("client-controller")));
        files.put(
                "etcd",
                List.of(
                        tls.resolve("etcd/client"),
                        tls.resolve("etcd/server-client"),
                        tls.resolve("etcd/peer-server-client")));
        files.put(
                "k3s-controller",
                List.of(tls.resolve("client-k3s-controller"), agent.resolve("client-k3s-controller")));
        files.put("k3s-server", List.of(tls.resolve("client-supervisor")));
        files.put("kube-proxy", List.of(tls.resolve("client-kube-proxy"), agent.resolve("client-kube-proxy")));
        files.put("kubelet", List.of(agent.resolve("client-kubelet"), agent.resolve("serving-kubelet")));
        files.put("scheduler", List.of(tls.resolve("client-scheduler")));
        return files;
    }

    /**
     * The certificates of these services that are there.
     *
     * @param services all when empty
     * @throws IllegalArgumentException for a service there is not
     */
    public List<Line> lines(List<String> services, Instant now) {
        List<Line> lines = new ArrayList<>();
        for (Path file : present(services)) {
            for (X509Certificate certificate : Pem.certificates(file)) {
                lines.add(line(file, certificate, now));
            }
        }
        return lines;
    }

    /** The certificate files of these services that are there, each with a key of the same name. */
    public List<Path> present(List<String> services) {
        Map<String, List<Path>> files = filesOf(dataFolder);
        List<Path> found = new ArrayList<>();
        for (String service : services.isEmpty() ? List.copyOf(files.keySet()) : services) {
            List<Path> names = files.get(service);
            if (names == null) {
                throw new IllegalArgumentException("there is no service \"%s\"; there are %s"
                        .formatted(service, String.join(", ", files.keySet())));
            }
            for (Path name : names) {
                Path file = name.resolveSibling(name.getFileName() + ".crt");
                if (Files.exists(file)) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    private static Line line(Path file, X509Certificate certificate, Instant now) {
        return new Line(
                file.resolveSibling(""),
                file.getFileName().toString(),
                commonName(certificate),
                usages(certificate),
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant(),
                standing(certificate, now));
    }

    private static Standing standing(X509Certificate certificate, Instant now) {
        Instant ends = certificate.getNotAfter().toInstant();
        if (!now.isBefore(ends)) {
            return Standing.EXPIRED;
        }
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            return Standing.NOT_YET_VALID;
        }
        return now.plus(WARN_BEFORE_END).isBefore(ends) ? Standing.OK : Standing.WARNING;
    }

    private static String commonName(X509Certificate certificate) {
        String name = certificate.getSubjectX500Principal().getName();
        for (String part : name.split(",")) {
            if (part.startsWith("CN=")) {
                return part.substring("CN=".length());
            }
        }
        return name;
    }

    private static List<String> usages(X509Certificate certificate) {
        List<String> usages = new ArrayList<>();
        boolean[] bits = certificate.getKeyUsage();
        if (bits != null && bits[KEY_CERT_SIGN]) {
            usages.add("CertSign");
        }
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            if (purposes != null && purposes.contains(SERVER_AUTH)) {
                usages.add("ServerAuth");
            }
            if (purposes != null && purposes.contains(CLIENT_AUTH)) {
                usages.add("ClientAuth");
            }
        } catch (CertificateParsingException e) {
            throw new PkiException("the certificate of " + commonName(certificate) + " has damaged usages", e);
        }
        return usages;
    }
}
