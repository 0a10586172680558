package io.kvorum.conformance;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * S3Proxy, a real S3 server that checks every signature, on a lab host, under the names that Amazon's buckets have. The
 * host must see the Java of this process under its path.
 */
final class BucketHost {
    private static final String PASSWORD = "for-tests";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String HOME = "/var/lib/rancher/bucket";

    private final Lab lab;
    private final String host;
    private final String bucket;
    private final String region;

    BucketHost(Lab lab, String host, String bucket, String region) {
        this.lab = lab;
        this.host = host;
        this.bucket = bucket;
        this.region = region;
    }

    void start(String accessKey, String secretKey) throws IOException {
        Path home = Files.createDirectories(lab.path(host, HOME));
        Files.createDirectories(home.resolve("data").resolve(bucket));
        makeCertificate(home);
        Files.write(
                home.resolve("s3proxy.conf"),
                List.of(
                        "s3proxy.secure-endpoint=https://%s:443".formatted(lab.address(host)),
                        "s3proxy.virtual-host=s3.amazonaws.com",
                        "s3proxy.keystore-path=" + HOME + "/keys.p12",
                        "s3proxy.keystore-password=" + PASSWORD,
                        "s3proxy.authorization=aws-v4",
                        "s3proxy.identity=" + accessKey,
                        "s3proxy.credential=" + secretKey,
                        "jclouds.provider=filesystem-nio2",
                        "jclouds.filesystem.basedir=" + HOME + "/data"));
        lab.spawn(
                host,
                "bucket",
                List.of(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xmx192m",
                        "-XX:TieredStopAtLevel=1",
                        "-DLOG_LEVEL=info",
                        "-cp",
                        copyJars(home),
                        "org.gaul.s3proxy.Main",
                        "--properties",
                        HOME + "/s3proxy.conf"));
    }

    /** The class path there. */
    private static String copyJars(Path home) throws IOException {
        Files.createDirectories(home.resolve("jars"));
        List<String> jars = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (entry.endsWith(".jar")) {
                String name = jars.size() + ".jar";
                Files.copy(Path.of(entry), home.resolve("jars").resolve(name));
                jars.add(HOME + "/jars/" + name);
            }
        }
        return String.join(":", jars);
    }

    private void makeCertificate(Path home) {
        String names = "san=dns:*.s3.amazonaws.com,dns:s3.amazonaws.com,dns:*.s3.%s.amazonaws.com".formatted(region);
        keytool(home, List.of("-genkeypair", "-keyalg", "EC", "-dname", "CN=bucket", "-ext", names, "-validity", "30"));
        keytool(home, List.of("-exportcert", "-rfc", "-file", certificate().toString()));
    }

    private static void keytool(Path home, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/keytool").toString());
        command.addAll(arguments);
        command.addAll(List.of("-alias", "bucket", "-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(List.of("-keystore", home.resolve("keys.p12").toString()));
        new Shell().run(LIMIT, command).expectSuccess();
    }

    private Path certificate() {
        return lab.path(host, HOME + "/bucket.crt");
    }

    /** Makes another host find the bucket here, and believe it as it believes Amazon. */
    void introduceTo(String other) throws IOException {
        Files.copy(certificate(), lab.path(other, "/usr/local/share/ca-certificates/bucket.crt"));
        String names = "%s.s3.amazonaws.com %s.s3.%s.amazonaws.com".formatted(bucket, bucket, region);
        lab.exec(
                        other,
                        LIMIT,
                        "sh",
                        "-ec",
                        "update-ca-certificates >/dev/null 2>&1; echo '%s %s' >>/etc/hosts"
                                .formatted(lab.address(host), names))
                .expectSuccess();
    }

    /** What is in a folder of the bucket. */
    List<String> names(String folder) {
        return lab.exec(host, LIMIT, "sh", "-c", "ls -1 %s/data/%s/%s 2>/dev/null".formatted(HOME, bucket, folder))
                .out()
                .lines()
                .toList();
    }
}
