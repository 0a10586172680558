package io.kvorum.catalogue.generator;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.kubernetes.client.proto.Meta;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** The messages that client-java-proto describes, by their full names. */
final class ProtobufDescriptors {
    private static final String FOLDER = "io/kubernetes/client/proto/";

    private ProtobufDescriptors() {}

    static Map<String, Descriptor> read() throws IOException {
        Map<String, Descriptor> messages = new TreeMap<>();
        try (JarFile jar = new JarFile(location().toFile())) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                String name = entry.getName();
                if (name.startsWith(FOLDER) && name.endsWith(".class") && !name.contains("$")) {
                    for (Descriptor message : file(name).getMessageTypes()) {
                        messages.put(message.getFullName(), message);
                    }
                }
            }
        }
        return messages;
    }

    private static Path location() {
        try {
            return Path.of(Meta.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("client-java-proto is no file", e);
        }
    }

    private static FileDescriptor file(String classFile) {
        String name =
                classFile.substring(0, classFile.length() - ".class".length()).replace('/', '.');
        try {
            return (FileDescriptor)
                    Class.forName(name).getMethod("getDescriptor").invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name + " holds no descriptor", e);
        }
    }

    static String messageName(String schema) {
        return schema.replaceFirst("^io\\.k8s\\.", "k8s.io.").replace("-", "_");
    }

    static String schemaName(Descriptor message) {
        return message.getFullName()
                .replaceFirst("^k8s\\.io\\.", "io.k8s.")
                .replace("apiextensions_apiserver", "apiextensions-apiserver");
    }
}
