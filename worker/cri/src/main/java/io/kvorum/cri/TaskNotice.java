package io.kvorum.cri;

/** Something happened to the task of a container: {@code topic} is containerd's, such as {@code /tasks/exit}. */
public record TaskNotice(String topic, String containerId) {}
