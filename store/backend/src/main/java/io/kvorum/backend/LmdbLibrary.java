package io.kvorum.backend;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;

/** Finds LMDB's shared library: where the operator says it is, else unpacked once into a folder. Any thread may call it. */
final class LmdbLibrary {
    /** Names a library to load as it is, for systems whose data folder must not hold executable code. */
    static final String PATH_PROPERTY = "kvorum.lmdb.path";

    private static final String VERSION = "0.9.33";

    private LmdbLibrary() {}

    static Path locate(Path folder) {
        String given = System.getProperty(PATH_PROPERTY);
        if (given != null) {
            return Path.of(given).toAbsolutePath();
        }
        String platform = platform();
        String resource = "org/lmdbjava/native/" + platform + ".so";
        try (InputStream in = LmdbLibrary.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new BackendException.Unusable(
                        folder, "there is no LMDB library for " + platform + "; name one by -D" + PATH_PROPERTY + "=");
            }
            return unpack(in.readAllBytes(), folder, "liblmdb-" + VERSION + "-" + platform + ".so");
        } catch (IOException e) {
            throw new BackendException.Unusable(folder, "the LMDB library cannot be unpacked there: " + e);
        }
    }

    /** A torn file of a crashed start differs and is replaced; the rename makes two starts at once harmless. */
    private static Path unpack(byte[] content, Path folder, String name) throws IOException {
        Files.createDirectories(folder);
        Path target = folder.resolve(name).toAbsolutePath();
        if (Files.exists(target) && Arrays.equals(Files.readAllBytes(target), content)) {
            return target;
        }
        Path fresh = folder.resolve(name + "." + ProcessHandle.current().pid());
        Files.write(fresh, content);
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return target;
    }

    private static String platform() {
        String arch = System.getProperty("os.arch");
        String machine = switch (arch) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "aarch64";
            default -> arch;
        };
        boolean isMusl = Files.exists(Path.of("/lib/ld-musl-" + machine + ".so.1"))
                && !Files.exists(Path.of("/lib64/ld-linux-x86-64.so.2"))
                && !Files.exists(Path.of("/lib/ld-linux-aarch64.so.1"));
        return machine + (isMusl ? "-linux-musl" : "-linux-gnu");
    }
}
