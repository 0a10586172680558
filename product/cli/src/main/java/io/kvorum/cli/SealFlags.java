package io.kvorum.cli;

import io.kvorum.node.snapshots.SnapshotRefused;
import io.kvorum.pki.Pem;
import io.kvorum.pki.PkiException;
import io.kvorum.pki.Seal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** By what a bundle is sealed or opened. A passphrase is never a flag's value: the list of processes shows those. */
final class SealFlags {
    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "File whose first line is the bundle's passphrase; - for standard input.")
    private @Nullable String passphraseFile;

    @Option(
            names = "--recipient",
            paramLabel = "FILE",
            description = "Public key or certificate (PEM) of whoever may open the bundle.")
    private @Nullable Path recipient;

    @Option(names = "--identity", paramLabel = "FILE", description = "Private key (PEM) that opens the bundle.")
    private @Nullable Path identity;

    boolean isGiven() {
        return passphraseFile != null || recipient != null || identity != null;
    }

    Seal toClose() {
        return passphrase()
                .or(() ->
                        Optional.ofNullable(recipient).map(file -> new Seal.Recipient(read(() -> Pem.publicKey(file)))))
                .orElseThrow(() ->
                        new SnapshotRefused("a bundle holds the token: seal it by --passphrase-file or --recipient"));
    }

    Seal toOpen() {
        return passphrase()
                .or(() -> Optional.ofNullable(identity).map(file -> new Seal.Holder(read(() -> Pem.privateKey(file)))))
                .orElseThrow(() -> new SnapshotRefused("a bundle is opened by --passphrase-file or --identity"));
    }

    private Optional<Seal> passphrase() {
        String file = passphraseFile;
        return file == null ? Optional.empty() : Optional.of(read(() -> new Seal.Passphrase(firstLine(file))));
    }

    private static String firstLine(String file) {
        try {
            String text = file.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
            return text.lines().findFirst().orElse("").strip();
        } catch (IOException e) {
            throw new SnapshotRefused("the passphrase cannot be read: " + e, e);
        }
    }

    private static <T> T read(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (PkiException e) {
            throw new SnapshotRefused(String.valueOf(e.getMessage()), e);
        }
    }
}
