package io.kvorum.kubelet.volume;

import io.fabric8.kubernetes.api.model.HostPathVolumeSource;
import io.kvorum.kubelet.desired.SetupFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Folders and files of the machine itself that a pod asks for, with the checks their type demands. Stateless. */
final class HostPaths {
    private static final int DIRECTORY_BITS = 0040000;
    private static final int SOCKET_BITS = 0140000;
    private static final int CHARACTER_BITS = 0020000;
    private static final int BLOCK_BITS = 0060000;
    private static final int TYPE_BITS = 0170000;

    private HostPaths() {}

    static Path of(HostPathVolumeSource source) throws IOException {
        Path path = Path.of(source.getPath());
        String type = Optional.ofNullable(source.getType()).orElse("");
        switch (type) {
            case "" -> {
                // The container runtime makes a missing folder itself.
                if (!Files.exists(path)) {
                    Files.createDirectories(path);
                }
            }
            case "DirectoryOrCreate" -> Files.createDirectories(path);
            case "FileOrCreate" -> {
                if (!Files.exists(path)) {
                    Files.createFile(path);
                }
            }
            case "Directory" -> require(path, DIRECTORY_BITS, "directory");
            case "File" -> requireFile(path);
            case "Socket" -> require(path, SOCKET_BITS, "socket file");
            case "CharDevice" -> require(path, CHARACTER_BITS, "character device");
            case "BlockDevice" -> require(path, BLOCK_BITS, "block device");
            default -> throw new SetupFailed("FailedMount", "hostPath type " + type + " is not known");
        }
        return path;
    }

    private static void requireFile(Path path) {
        if (!Files.isRegularFile(path)) {
            throw refused(path, "file");
        }
    }

    private static void require(Path path, int bits, String what) throws IOException {
        if (!Files.exists(path) || ((int) Files.getAttribute(path, "unix:mode") & TYPE_BITS) != bits) {
            throw refused(path, what);
        }
    }

    private static SetupFailed refused(Path path, String what) {
        return new SetupFailed("FailedMount", "hostPath type check failed: %s is not a %s".formatted(path, what));
    }
}
