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

/** The program that the build of apimachinery runs: writes the catalogue to the file given as its only argument. */
public final class CatalogueGenerator {
    private CatalogueGenerator() {}

    public static void main(String[] arguments) throws IOException {
        Path target = Path.of(arguments[0]);
        byte[] catalogue = generate();
        if (Files.exists(target) && Arrays.equals(Files.readAllBytes(target), catalogue)) {
            return; // an unchanged file keeps its time, so that nothing is packed anew
        }
        Files.createDirectories(target.toAbsolutePath().getParent());
        Files.write(target, catalogue);
    }

    static byte[] generate() throws IOException {
        List<ResourceFacts> resources = ResourceFacts.parse(lines("resources.txt"));
        List<TypeFacts> types = TypeFacts.parse(lines("types.txt"));
        return new CatalogueWriter(resources, types, new ModelTypes(types)).write();
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
