package io.kvorum.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How further processes of this program's class path are started, with the product's JVM options.
 *
 * @param options the product's file of JVM options, or one as good
 */
record JavaCommand(Path options) {
    static JavaCommand ofThisCheckout() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("dist/launcher/jvm.options"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalStateException(
                    "not inside a checkout: " + Path.of("").toAbsolutePath());
        }
        return new JavaCommand(folder.resolve("dist/launcher/jvm.options"));
    }

    /** KVORUM_LIB is where the distribution's libraries are: with them processes start in a third of the time. */
    List<String> command(Class<?> main) {
        List<String> command = new ArrayList<>(List.of("env", "MALLOC_ARENA_MAX=2"));
        String classPath = classPath(main);
        Path cache = Path.of(classPath.split(":")[0]).resolveSibling("kvorum.aot");
        // the cache belongs to the distribution's own Java
        Path packed = cache.resolveSibling("../runtime/bin/java");
        command.add(
                Files.exists(cache) && Files.exists(packed)
                        ? packed.toString()
                        : Path.of(System.getProperty("java.home"), "bin/java").toString());
        command.add("@" + options);
        if (Files.exists(cache)) {
            command.addAll(List.of("-XX:AOTCache=" + cache, "-Xlog:aot=error", "-Xlog:cds=error"));
        } else {
            // it learns nothing that is kept, so it should not spend its time on learning
            command.add("-XX:TieredStopAtLevel=1");
        }
        command.addAll(List.of("@" + arguments(classPath), main.getName()));
        return command;
    }

    private static String classPath(Class<?> main) {
        String libraries = System.getenv("KVORUM_LIB");
        if (libraries == null || !Files.exists(Path.of(libraries, "kvorum.jar"))) {
            return System.getProperty("java.class.path");
        }
        return Path.of(libraries, "kvorum.jar") + ":"
                + Path.of(
                        main.getProtectionDomain().getCodeSource().getLocation().getPath());
    }

    /** A class path of a test is longer than one wants to see in a list of processes. */
    private static Path arguments(String classPath) {
        Path file = Path.of(
                System.getProperty("java.io.tmpdir"),
                "torture-class-path-" + ProcessHandle.current().pid());
        try {
            if (!Files.exists(file)) {
                Files.writeString(file, "-cp\n" + classPath + "\n");
                file.toFile().deleteOnExit();
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
