package io.kvorum.conformance;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The commands of the pages for operators that {@link OperatingPagesTest} does not type. Stateless. */
final class TypedElsewhere {
    private TypedElsewhere() {}

    /** By command: why. */
    static Map<String, String> commands() {
        Map<String, String> why = new LinkedHashMap<>();
        String whole = "runs by itself for minutes, or is what runs this very test";
        for (String command : List.of(
                "./check",
                "./dev build",
                "./dev fmt",
                "./dev test -pl :mvcc",
                "./dev simulate 1000 runs",
                "./dev simulate SEED",
                "./dev ha",
                "./dev runbook",
                "./dev torture",
                "./dev bench",
                "./dev bench ha",
                "./dev bench etcd")) {
            why.put(command, whole);
        }
        why.put("./dev release", "is what the machines here install from");
        why.put("./dev release --url ADDRESS", "is what the machines here install from");
        why.put("./quickstart", "five hosts for minutes: QuickStartTest types it for one server");
        for (String command : List.of(
                "./quickstart one", "./quickstart down", "export KUBECONFIG=$(./dev kubeconfig)", "./dev kubeconfig")) {
            why.put(command, "QuickStartTest types it");
        }
        why.put(
                "k3s server --cluster-reset --cluster-reset-restore-path=NAME --etcd-s3 ...",
                "needs a bucket: what it finds there is proven with the bucket's server");
        return why;
    }
}
