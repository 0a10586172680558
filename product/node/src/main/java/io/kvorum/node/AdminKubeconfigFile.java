package io.kvorum.node;

import io.kvorum.node.config.ServerConfig.AdminKubeconfig;
import io.kvorum.pki.Identity;
import io.kvorum.pki.Pem;
import io.kvorum.pki.SecretFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Writes the kubeconfig of the cluster's administrator, which is made anew at every start. Who could read it before still can
 * when the flags no longer say so: services are often changed without repeating every flag.
 */
final class AdminKubeconfigFile {
    private static final String OWNER_ALONE = "rw-------";

    private AdminKubeconfigFile() {}

    static void write(AdminKubeconfig place, String serverCaPem, Identity admin, int port) {
        if (Files.isDirectory(place.file())) {
            throw new StartFailure("cannot write the admin's kubeconfig: %s is a folder".formatted(place.file()));
        }
        try {
            makeFolder(place.file());
            String mode = place.mode() == null ? presentMode(place.file()) : place.mode();
            SecretFile.write(place.file(), text(serverCaPem, admin, port), mode);
        } catch (UncheckedIOException e) {
            throw new StartFailure(
                    "cannot write the admin's kubeconfig %s: %s".formatted(place.file(), e.getCause()), e);
        }
        giveTo(place, place.group());
    }

    private static String presentMode(Path file) {
        try {
            return Files.exists(file)
                    ? PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
                    : OWNER_ALONE;
        } catch (IOException e) {
            return OWNER_ALONE;
        }
    }

    /** The folder itself holds no secret: who may read the file must be able to get there. */
    private static void makeFolder(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(folder)) {
            return;
        }
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + folder, e);
        }
    }

    private static void giveTo(AdminKubeconfig place, @Nullable String group) {
        if (group == null) {
            return;
        }
        try {
            var lookup = place.file().getFileSystem().getUserPrincipalLookupService();
            Files.getFileAttributeView(place.file(), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setGroup(lookup.lookupPrincipalByGroupName(group));
        } catch (UserPrincipalNotFoundException e) {
            throw new StartFailure("--write-kubeconfig-group: there is no group \"%s\"".formatted(group), e);
        } catch (IOException e) {
            throw new StartFailure("cannot give %s to group %s".formatted(place.file(), group), e);
        }
    }

    private static String text(String serverCaPem, Identity admin, int port) {
        return """
                apiVersion: v1
                clusters:
                - cluster:
                    certificate-authority-data: %s
                    server: https://127.0.0.1:%d
                  name: default
                contexts:
                - context:
                    cluster: default
                    user: default
                  name: default
                current-context: default
                kind: Config
                users:
                - name: default
                  user:
                    client-certificate-data: %s
                    client-key-data: %s
                """.formatted(
                        base64(serverCaPem), port, base64(Pem.encode(admin.chain())), base64(Pem.encode(admin.key())));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
