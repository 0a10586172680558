package io.kvorum.apimachinery.table;

import io.kvorum.apimachinery.tree.Tree;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the states of a pod's containers add up to.
 *
 * @param status such as {@code Running}, {@code Init:0/2}, {@code CrashLoopBackOff}, {@code Terminating}
 * @param lastRestart a timestamp, empty for none
 */
record PodSummary(int ready, int total, String status, long restarts, String lastRestart) {
    static PodSummary of(ObjectNode pod) {
        return new Reading(pod).summary();
    }

    /** Goes through the containers in upstream's order: init containers forward, the others backward. */
    private static final class Reading {
        private final ObjectNode pod;
        private final Set<String> sidecars;
        private final int total;
        private String status;
        private int ready;
        private long restarts;
        private String lastRestart = "";

        Reading(ObjectNode pod) {
            this.pod = pod;
            this.sidecars = Tree.objects(pod, "spec", "initContainers").stream()
                    .filter(container -> Tree.text(container, "restartPolicy").equals("Always"))
                    .map(container -> Tree.text(container, "name"))
                    .collect(Collectors.toSet());
            this.total = Tree.objects(pod, "spec", "containers").size() + sidecars.size();
            this.status = phase();
        }

        private String phase() {
            boolean isGated = Tree.objects(pod, "status", "conditions").stream()
                    .anyMatch(each -> Tree.text(each, "type").equals("PodScheduled")
                            && Tree.text(each, "reason").equals("SchedulingGated"));
            return isGated
                    ? "SchedulingGated"
                    : Row.orElse(Tree.text(pod, "status", "reason"), Tree.text(pod, "status", "phase"));
        }

        PodSummary summary() {
            boolean isInitializing = readInitContainers();
            if (!isInitializing || PodTable.holds(pod, "Initialized")) {
                forgetFinishedInitContainers();
                readContainers();
            }
            if (Tree.has(pod, "metadata", "deletionTimestamp")) {
                status = deleted();
            }
            return new PodSummary(ready, total, status, restarts, lastRestart);
        }

        private String deleted() {
            if (Tree.text(pod, "status", "reason").equals("NodeLost")) {
                return "Unknown";
            }
            String phase = Tree.text(pod, "status", "phase");
            return phase.equals("Succeeded") || phase.equals("Failed") ? status : "Terminating";
        }

        /** Whether one of them still keeps the pod from starting; the status then tells which. */
        private boolean readInitContainers() {
            List<ObjectNode> containers = Tree.objects(pod, "status", "initContainerStatuses");
            for (int i = 0; i < containers.size(); i++) {
                ObjectNode container = containers.get(i);
                countRestarts(container);
                boolean hasSucceeded = Tree.has(container, "state", "terminated")
                        && Tree.number(container, "state", "terminated", "exitCode") == 0;
                boolean isRunningSidecar =
                        sidecars.contains(Tree.text(container, "name")) && Tree.flag(container, "started");
                if (isRunningSidecar && !hasSucceeded && Tree.flag(container, "ready")) {
                    ready++;
                }
                if (!hasSucceeded && !isRunningSidecar) {
                    status = "Init:" + initState(container, i);
                    return true;
                }
            }
            return false;
        }

        private String initState(ObjectNode container, int position) {
            if (Tree.has(container, "state", "terminated")) {
                return ending(container);
            }
            String waiting = Tree.text(container, "state", "waiting", "reason");
            boolean isBlocked = !waiting.isEmpty() && !waiting.equals("PodInitializing");
            return isBlocked
                    ? waiting
                    : position + "/" + Tree.list(pod, "spec", "initContainers").size();
        }

        private void forgetFinishedInitContainers() {
            restarts = 0;
            lastRestart = "";
            Tree.objects(pod, "status", "initContainerStatuses").stream()
                    .filter(container -> sidecars.contains(Tree.text(container, "name")))
                    .forEach(this::countRestarts);
        }

        private void readContainers() {
            boolean hasRunning = false;
            for (ObjectNode container :
                    Tree.objects(pod, "status", "containerStatuses").reversed()) {
                countRestarts(container);
                String waiting = Tree.text(container, "state", "waiting", "reason");
                if (!waiting.isEmpty()) {
                    status = waiting;
                } else if (Tree.has(container, "state", "terminated")) {
                    status = ending(container);
                } else if (Tree.flag(container, "ready") && Tree.has(container, "state", "running")) {
                    hasRunning = true;
                    ready++;
                }
            }
            if (status.equals("Completed") && hasRunning) {
                status = PodTable.holds(pod, "Ready") ? "Running" : "NotReady";
            }
        }

        private static String ending(ObjectNode container) {
            String reason = Tree.text(container, "state", "terminated", "reason");
            long signal = Tree.number(container, "state", "terminated", "signal");
            if (!reason.isEmpty()) {
                return reason;
            }
            return signal != 0
                    ? "Signal:" + signal
                    : "ExitCode:" + Tree.number(container, "state", "terminated", "exitCode");
        }

        private void countRestarts(ObjectNode container) {
            restarts += Tree.number(container, "restartCount");
            String finished = Tree.text(container, "lastState", "terminated", "finishedAt");
            if (finished.compareTo(lastRestart) > 0) {
                lastRestart = finished;
            }
        }
    }
}
