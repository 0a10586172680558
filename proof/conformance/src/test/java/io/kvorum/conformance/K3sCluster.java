package io.kvorum.conformance;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a K3s of one server leaves in its etcd, made without any code of ours: authorities by OpenSSL in the forms that K3s
 * writes, its bootstrap data sealed to the token, objects in protobuf. Used by one thread.
 */
final class K3sCluster {
    static final String PASSWORD = "a-password-of-k3s";

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int ROUNDS = 4096;
    private static final int NONCE_BYTES = 12;
    private static final int KEY_BYTES = 32;

    private final Shell shell = new Shell();
    private final Path folder;
    /** By K3s's names. */
    private final Map<String, Path> files = new TreeMap<>();

    K3sCluster(Path folder) {
        this.folder = folder;
        authority("Server");
        authority("Client");
        authority("RequestHeader");
        authority("ETCDServer");
        authority("ETCDPeer");
        files.put("ServiceKey", folder.resolve("service.key"));
        openssl("genrsa", "-traditional", "-out", file("ServiceKey"), "2048");
        files.put("IPSECKey", write("ipsec.psk", "0123456789abcdef"));
        files.put(
                "PasswdFile",
                write("passwd", PASSWORD + ",node,node,k3s:agent\n" + PASSWORD + ",server,server,k3s:server\n"));
    }

    private void authority(String name) {
        files.put(name + "CA", folder.resolve(name + ".crt"));
        files.put(name + "CAKey", folder.resolve(name + ".key"));
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file(name + "CAKey"));
        openssl(
                "req",
                "-x509",
                "-new",
                "-key",
                file(name + "CAKey"),
                "-out",
                file(name + "CA"),
                "-days",
                "3650",
                "-subj",
                "/CN=k3s-" + name.toLowerCase(Locale.ROOT) + "-ca@1700000000",
                "-addext",
                "keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign");
    }

    private String openssl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        return shell.run(LIMIT, command).expectSuccess();
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The path of what K3s calls so. */
    String file(String name) {
        return Objects.requireNonNull(files.get(name), name).toString();
    }

    String content(String name) throws IOException {
        return Files.readString(Path.of(file(name)));
    }

    /** In its long form, by which a joining server knows the authority. */
    String token() throws IOException {
        return "K10%s::server:%s".formatted(sha256(Files.readAllBytes(Path.of(file("ServerCA")))), PASSWORD);
    }

    /** What the bootstrap data are called in etcd, as the token's password tells. */
    static String bootstrapKey(String password) {
        return "/bootstrap/" + sha256(password.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
    }

    /** All files in one document, sealed: a salt, and what came of AES-GCM under a key made from the password by it. */
    String bootstrapData() throws IOException, GeneralSecurityException {
        var document = new StringBuilder();
        for (Map.Entry<String, Path> each : files.entrySet()) {
            document.append(document.isEmpty() ? "{" : ",")
                    .append("\"%s\":{\"Timestamp\":\"2026-01-01T00:00:00.123456789Z\",\"Content\":\"%s\"}"
                            .formatted(
                                    each.getKey(),
                                    Base64.getEncoder().encodeToString(Files.readAllBytes(each.getValue()))));
        }
        byte[] nonce = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
        String salt = "00112233aabbccdd";
        byte[] sealed = gcm(Cipher.ENCRYPT_MODE, key(PASSWORD, salt), nonce)
                .doFinal(document.append('}').toString().getBytes(StandardCharsets.UTF_8));
        byte[] whole = ByteBuffer.allocate(nonce.length + sealed.length)
                .put(nonce)
                .put(sealed)
                .array();
        return salt + ":" + Base64.getEncoder().encodeToString(whole);
    }

    /** The document in sealed bootstrap data. */
    static String opened(String sealed, String password) throws GeneralSecurityException {
        String[] parts = sealed.strip().split(":", 2);
        byte[] whole = Base64.getDecoder().decode(parts[1]);
        byte[] nonce = Arrays.copyOf(whole, NONCE_BYTES);
        byte[] plain = gcm(Cipher.DECRYPT_MODE, key(password, parts[0]), nonce)
                .doFinal(whole, NONCE_BYTES, whole.length - NONCE_BYTES);
        return new String(plain, StandardCharsets.UTF_8);
    }

    private static Cipher gcm(int mode, byte[] key, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
        return cipher;
    }

    /** PBKDF2 with HMAC-SHA1, written out after RFC 8018. */
    private static byte[] key(String password, String salt) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(password.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
        var key = new ByteArrayOutputStream();
        for (int block = 1; key.size() < KEY_BYTES; block++) {
            mac.update(salt.getBytes(StandardCharsets.UTF_8));
            byte[] last =
                    mac.doFinal(ByteBuffer.allocate(Integer.BYTES).putInt(block).array());
            byte[] sum = last.clone();
            for (int round = 1; round < ROUNDS; round++) {
                last = mac.doFinal(last);
                for (int i = 0; i < sum.length; i++) {
                    sum[i] ^= last[i];
                }
            }
            key.writeBytes(sum);
        }
        return Arrays.copyOf(key.toByteArray(), KEY_BYTES);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The objects by their keys in etcd, in protobuf as Kubernetes's API server stores them. */
    static Map<String, byte[]> objects() {
        Map<String, byte[]> objects = new TreeMap<>();
        for (String name : List.of("default", "kube-system", "shop")) {
            objects.put(
                    "/registry/namespaces/" + name,
                    Wire.object(
                            "v1",
                            "Namespace",
                            new Wire()
                                    .message(1, metadata("", name))
                                    .message(2, new Wire().text(1, "kubernetes"))
                                    .message(3, new Wire().text(1, "Active"))));
        }
        objects.put(
                "/registry/configmaps/shop/prices",
                Wire.object(
                        "v1",
                        "ConfigMap",
                        new Wire()
                                .message(1, metadata("shop", "prices"))
                                .message(2, entry("tea", "3.20 €"))
                                .message(2, entry("coffee", "2.80 €"))));
        objects.put(
                "/registry/secrets/shop/till",
                Wire.object(
                        "v1",
                        "Secret",
                        new Wire()
                                .message(1, metadata("shop", "till"))
                                .message(2, entry("pin", "0042"))
                                .text(3, "Opaque")));
        objects.put(
                "/registry/serviceaccounts/shop/default",
                Wire.object("v1", "ServiceAccount", new Wire().message(1, metadata("shop", "default"))));
        objects.put(
                "/registry/minions/old-server",
                Wire.object(
                        "v1",
                        "Node",
                        new Wire()
                                .message(1, metadata("", "old-server"))
                                .message(2, new Wire().text(1, "10.42.7.0/24"))
                                .message(3, new Wire())));
        objects.put("/registry/deployments/shop/web", Wire.object("apps/v1", "Deployment", deployment()));
        objects.put(
                "/registry/services/specs/default/kubernetes",
                Wire.object("v1", "Service", service("default", "kubernetes", "10.43.0.1", new Wire())));
        objects.put(
                "/registry/services/specs/shop/web",
                Wire.object(
                        "v1",
                        "Service",
                        service("shop", "web", "10.43.7.7", new Wire().message(2, entry("app", "web")))));
        objects.putAll(ofTheServerItself());
        return objects;
    }

    /** What no user wrote: allocations, K3s's own kinds, which are JSON. */
    private static Map<String, byte[]> ofTheServerItself() {
        Map<String, byte[]> objects = new TreeMap<>();
        Wire allocated =
                new Wire().message(1, metadata("", "")).text(2, "10.43.0.0/16").text(3, "\u0001");
        objects.put("/registry/ranges/serviceips", Wire.object("v1", "RangeAllocation", allocated));
        objects.put(
                "/registry/apiextensions.k8s.io/customresourcedefinitions/addons.k3s.cattle.io",
                json("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "addons.k3s.cattle.io"));
        objects.put(
                "/registry/k3s.cattle.io/addons/kube-system/coredns",
                json("k3s.cattle.io/v1", "Addon", "kube-system", "coredns"));
        objects.put("compact_rev_key", "1".getBytes(StandardCharsets.UTF_8));
        return objects;
    }

    /** What says that an API server runs at the address, as long as its lease lives. */
    static byte[] apiServerLease(String address) {
        Wire subset = new Wire().message(1, new Wire().text(1, address));
        return Wire.object(
                "v1", "Endpoints", new Wire().message(1, metadata("", address)).message(2, subset));
    }

    private static byte[] json(String version, String kind, String namespace, String name) {
        return "{\"apiVersion\":\"%s\",\"kind\":\"%s\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"%s\",\"uid\":\"%s\"}}\n"
                .formatted(version, kind, name, namespace, "00000000-0000-4000-8000-000000000001")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Wire service(String namespace, String name, String address, Wire spec) {
        Wire ports = new Wire()
                .text(1, "http")
                .text(2, "TCP")
                .number(3, 443)
                .message(4, new Wire().number(1, 0).number(2, 6443).text(3, ""))
                .number(5, 0);
        spec.message(1, ports)
                .text(3, address)
                .text(4, "ClusterIP")
                .text(7, "None")
                .text(17, "SingleStack")
                .text(18, address)
                .text(19, "IPv4")
                .text(22, "Cluster");
        return new Wire().message(1, metadata(namespace, name)).message(2, spec).message(3, new Wire());
    }

    private static Wire deployment() {
        Wire label = entry("app", "web");
        Wire container = new Wire()
                .text(1, "web")
                .text(2, "nginx")
                .text(14, "IfNotPresent")
                .text(20, "File")
                .text(13, "/dev/termination-log");
        Wire pod = new Wire()
                .message(2, container)
                .text(3, "Always")
                .number(4, 30)
                .text(6, "ClusterFirst")
                .text(19, "default-scheduler");
        Wire template = new Wire().message(1, new Wire().message(11, label)).message(2, pod);
        return new Wire()
                .message(1, metadata("shop", "web"))
                .message(
                        2,
                        new Wire()
                                .number(1, 1)
                                .message(2, new Wire().message(1, label))
                                .message(3, template))
                .message(3, new Wire());
    }

    private static Wire metadata(String namespace, String name) {
        String uid = "00000000-0000-4000-8000-%012x".formatted((namespace + "/" + name).hashCode() & 0xffffffffL);
        return new Wire()
                .text(1, name)
                .text(2, "")
                .text(3, namespace)
                .text(4, "")
                .text(5, uid)
                .text(6, "")
                .number(7, 1)
                .message(8, new Wire().number(1, 1_767_225_600).number(2, 0));
    }

    private static Wire entry(String key, String value) {
        return new Wire().text(1, key).text(2, value);
    }

    /** A message of protobuf in the making. */
    private static final class Wire {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        /** With the magic and the envelope that an object has in the store. */
        static byte[] object(String version, String kind, Wire content) {
            var whole = new ByteArrayOutputStream();
            whole.writeBytes(new byte[] {'k', '8', 's', 0});
            whole.writeBytes(new Wire()
                    .message(1, new Wire().text(1, version).text(2, kind))
                    .message(2, content)
                    .text(3, "")
                    .text(4, "")
                    .bytes
                    .toByteArray());
            return whole.toByteArray();
        }

        Wire number(int field, long value) {
            varint((long) field << 3);
            varint(value);
            return this;
        }

        Wire text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Wire message(int field, Wire value) {
            return bytes(field, value.bytes.toByteArray());
        }

        private Wire bytes(int field, byte[] value) {
            varint(((long) field << 3) | 2);
            varint(value.length);
            bytes.writeBytes(value);
            return this;
        }

        private void varint(long value) {
            long left = value;
            while ((left & ~0x7fL) != 0) {
                bytes.write((int) ((left & 0x7f) | 0x80));
                left >>>= 7;
            }
            bytes.write((int) left);
        }
    }
}
