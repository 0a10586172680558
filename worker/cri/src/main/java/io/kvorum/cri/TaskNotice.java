package io.kvorum.cri;

/** Something happened to the task of a container or sandbox: {@code topic} is containerd's, such as {@code /tasks/exit}. */
public record TaskNotice(String topic, String containerId, String processId) {
    /** Whether it is about a command run inside the container, not about the container's own process. */
    public boolean isOfExec() {
        return topic.startsWith("/tasks/exec-") || (!processId.isEmpty() && !processId.equals(containerId));
    }
}
