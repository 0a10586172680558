package io.kvorum.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Names and Services as a pod sees them. */
class ServiceNetworkTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static Lab lab;
    private static OneServer server;

    @BeforeAll
    static void start() throws IOException {
        lab = Lab.up("net", "10.93.0", 1);
        server = OneServer.start(lab);
        server.apply(OBJECTS);
        server.kubectl("wait", "--for=condition=Ready", "pod/asker", "pod/db-0", "--timeout=60s");
        server.kubectl("rollout", "status", "deployment/web", "--timeout=60s");
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) {
            server.close();
        }
        if (lab != null) {
            lab.close();
        }
    }

    private static final String OBJECTS = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 2
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                  - {name: main, image: nginx}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              type: NodePort
              selector: {app: web}
              ports:
              - {name: http, port: 8080, targetPort: 80, nodePort: 30080}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: empty}
            spec:
              selector: {app: nobody}
              ports:
              - {port: 80}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: db}
            spec:
              clusterIP: None
              selector: {app: db}
              ports:
              - {name: sql, port: 5432}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: alias}
            spec:
              type: ExternalName
              externalName: web.default.svc.cluster.local
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: db-0, labels: {app: db}}
            spec:
              hostname: db-0
              subdomain: db
              terminationGracePeriodSeconds: 1
              containers:
              - {name: main, image: "busybox:1", command: [sh, -c, "sleep 3600"]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: asker}
            spec:
              containers:
              - {name: main, image: nginx}
            """;

    @Test
    void thePodsResolverAsksClusterDns() {
        assertThat(server.kubectl("exec", "asker", "--", "cat", "/etc/resolv.conf"))
                .contains("nameserver 10.43.0.10")
                .contains("search default.svc.cluster.local svc.cluster.local cluster.local")
                .contains("options ndots:5");
        assertThat(server.kubectl("-n", "kube-system", "get", "service", "kube-dns"))
                .contains("10.43.0.10")
                .contains("53/UDP,53/TCP");
    }

    @Test
    void namesOfServicesAndPodsAreFound() {
        assertThat(lookUp("kubernetes.default.svc.cluster.local")).contains("10.43.0.1");
        assertThat(lookUp("web.default.svc.cluster.local"))
                .contains(server.kubectl("get", "service", "web", "-o", "jsonpath={.spec.clusterIP}"));
        String database = server.kubectl("get", "pod", "db-0", "-o", "jsonpath={.status.podIP}");
        assertThat(lookUp("db.default.svc.cluster.local")).contains(database);
        assertThat(lookUp("db-0.db.default.svc.cluster.local")).contains(database);
        assertThat(lookUp(database)).contains("db-0.db.default.svc.cluster.local");
        assertThat(server.tryKubectl("exec", "db-0", "--", "nslookup", "nothing.default.svc.cluster.local")
                        .out())
                .contains("NXDOMAIN");
    }

    @Test
    void aServiceIsReachedByNameFromAPodAndByAddressFromTheHost() {
        Await.until(
                "an answer from the Service",
                SOON,
                () -> server.tryKubectl("exec", "asker", "--", "curl", "-sf", "--max-time", "3", "http://web:8080/")
                        .out()
                        .contains("Welcome to nginx!"));
        assertThat(server.kubectl("exec", "asker", "--", "curl", "-sf", "--max-time", "5", "http://alias:8080/"))
                .contains("Welcome to nginx!");
        String address = server.kubectl("get", "service", "web", "-o", "jsonpath={.spec.clusterIP}");
        assertThat(onHost("curl", "-sf", "--max-time", "5", "http://" + address + ":8080/"))
                .contains("Welcome to nginx!");
        assertThat(onHost("curl", "-sf", "--max-time", "5", "http://" + lab.address("h1") + ":30080/"))
                .contains("Welcome to nginx!");
    }

    @Test
    void aServiceWithoutPodsRefusesAtOnce() {
        Shell.Outcome outcome = server.tryKubectl(
                "exec", "asker", "--", "curl", "-sS", "--max-time", "5", "http://empty.default.svc.cluster.local/");

        int cannotConnect = 7; // a time-out would be 28
        assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(cannotConnect);
    }

    @Test
    void theApiIsReachedByNameWithTheServiceAccountsToken() {
        String script = "D=/var/run/secrets/kubernetes.io/serviceaccount; "
                + "curl -s --max-time 5 --cacert $D/ca.crt -H \"Authorization: Bearer $(cat $D/token)\" "
                + "https://kubernetes.default/api/v1/namespaces/default/pods";

        assertThat(server.kubectl("exec", "asker", "--", "sh", "-c", script))
                .contains("system:serviceaccount:default:default")
                .contains("Forbidden");
    }

    @Test
    void aServiceFollowsItsPods() {
        server.kubectl("create", "deployment", "late", "--image=nginx");
        server.kubectl("expose", "deployment", "late", "--port=80");
        Await.until(
                "an answer from the new Service",
                SOON,
                () -> server.tryKubectl("exec", "asker", "--", "curl", "-sf", "--max-time", "2", "http://late/")
                        .out()
                        .contains("Welcome to nginx!"));
        server.kubectl("delete", "service", "late");
        Await.until(
                "the end of its name",
                SOON,
                () -> server.tryKubectl("exec", "asker", "--", "curl", "-sS", "--max-time", "2", "http://late/")
                                .exitCode()
                        == 6);
        server.kubectl("delete", "deployment", "late");
    }

    private static String lookUp(String name) {
        return server.kubectl("exec", "db-0", "--", "nslookup", name);
    }

    private static String onHost(String... command) {
        return lab.exec("h1", SOON, command).expectSuccess();
    }
}
