package io.kvorum.cli;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Flags of the bucket that {@code etcd-snapshot} uses; what is not given is as the server is set. */
final class SnapshotS3Flags {
    @Option(
            names = {"--s3-endpoint", "--etcd-s3-endpoint"},
            paramLabel = "ADDRESS",
            description = "S3 server.")
    private @Nullable String endpoint;

    @Option(
            names = {"--s3-endpoint-ca", "--etcd-s3-endpoint-ca"},
            paramLabel = "FILE",
            description = "Certificates to trust.")
    private @Nullable String endpointCa;

    @Option(
            names = {"--s3-skip-ssl-verify", "--etcd-s3-skip-ssl-verify"},
            arity = "0..1",
            fallbackValue = "true",
            description = "Take any certificate.")
    private @Nullable String skipSslVerify;

    @Option(
            names = {"--s3-access-key", "--etcd-s3-access-key"},
            paramLabel = "KEY",
            defaultValue = "${env:AWS_ACCESS_KEY_ID}",
            description = "Access key (AWS_ACCESS_KEY_ID).")
    private @Nullable String accessKey;

    @Option(
            names = {"--s3-secret-key", "--etcd-s3-secret-key"},
            paramLabel = "KEY",
            defaultValue = "${env:AWS_SECRET_ACCESS_KEY}",
            description = "Secret key (AWS_SECRET_ACCESS_KEY).")
    private @Nullable String secretKey;

    @Option(
            names = {"--s3-session-token", "--etcd-s3-session-token"},
            paramLabel = "TOKEN",
            defaultValue = "${env:AWS_SESSION_TOKEN}",
            description = "Session token (AWS_SESSION_TOKEN).")
    private @Nullable String sessionToken;

    @Option(
            names = {"--s3-bucket", "--etcd-s3-bucket"},
            paramLabel = "NAME",
            description = "Bucket.")
    private @Nullable String bucket;

    @Option(
            names = {"--s3-bucket-lookup-type", "--etcd-s3-bucket-lookup-type"},
            paramLabel = "TYPE",
            description = "auto, dns or path.")
    private @Nullable String bucketLookupType;

    @Option(
            names = {"--s3-region", "--etcd-s3-region"},
            paramLabel = "NAME",
            description = "Region.")
    private @Nullable String region;

    @Option(
            names = {"--s3-folder", "--etcd-s3-folder"},
            paramLabel = "PATH",
            description = "Folder in the bucket.")
    private @Nullable String folder;

    @Option(
            names = {"--s3-proxy", "--etcd-s3-proxy"},
            paramLabel = "URL",
            description = "Proxy.")
    private @Nullable String proxy;

    @Option(
            names = {"--s3-insecure", "--etcd-s3-insecure"},
            arity = "0..1",
            fallbackValue = "true",
            description = "Plain HTTP.")
    private @Nullable String insecure;

    @Option(
            names = {"--s3-config-secret", "--etcd-s3-config-secret"},
            paramLabel = "NAME",
            description = "Secret in kube-system that holds the settings.")
    private @Nullable String configSecret;

    @Option(
            names = {"--s3-timeout", "--etcd-s3-timeout"},
            paramLabel = "TIME",
            description = "Deadline.")
    private @Nullable String timeout;

    @Option(
            names = {"--s3-retention", "--etcd-s3-retention"},
            paramLabel = "COUNT",
            description = "How many to keep in the bucket.")
    private @Nullable String retention;

    /** Puts in what was given. */
    void into(ObjectNode options) {
        given().forEach(options::put);
    }

    /** What was given, by the flags' names without their beginning. */
    SortedMap<String, String> given() {
        SortedMap<String, String> options = new TreeMap<>();
        put(options, "endpoint", endpoint);
        put(options, "endpoint-ca", endpointCa);
        put(options, "skip-ssl-verify", skipSslVerify);
        put(options, "access-key", accessKey);
        put(options, "secret-key", secretKey);
        put(options, "session-token", sessionToken);
        put(options, "bucket", bucket);
        put(options, "bucket-lookup-type", bucketLookupType);
        put(options, "region", region);
        put(options, "folder", folder);
        put(options, "proxy", proxy);
        put(options, "insecure", insecure);
        put(options, "config-secret", configSecret);
        put(options, "timeout", timeout);
        put(options, "retention", retention);
        return options;
    }

    private static void put(SortedMap<String, String> options, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            options.put(name, value);
        }
    }
}
