package io.kvorum.catalogue.generator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The program that the build of apimachinery runs: writes the catalogue to the file given as its first argument, and how
 * its types travel as protobuf to the second.
 */
public final class CatalogueGenerator {
    private CatalogueGenerator() {}

    public static void main(String[] arguments) throws IOException {
        List<ResourceFacts> resources = ResourceFacts.parse(lines("resources.txt"));
        List<TypeFacts> types = TypeFacts.parse(lines("types.txt"));
        ModelTypes models = new ModelTypes(types);
        store(Path.of(arguments[0]), new CatalogueWriter(resources, types, models).write());
        store(
                Path.of(arguments[1]),
                new MessageWriter(types, models, ProtobufDescriptors.read(), lines("zeros.txt")).write());
    }

    private static void store(Path target, byte[] bytes) throws IOException {
        if (Files.exists(target) && Arrays.equals(Files.readAllBytes(target), bytes)) {
            return; // an unchanged file keeps its time, so that nothing is packed anew
        }
        Files.createDirectories(target.toAbsolutePath().getParent());
        Files.write(target, bytes);
    }

    private static List<String> lines(String name) throws IOException {
        try (InputStream in = CatalogueGenerator.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the facts file %s is not on the class path".formatted(name));
            }
            try (var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                return reader.lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .toList();
            }
        }
    }
}
