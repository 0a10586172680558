package io.kvorum.etcdctl.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A private key in PEM: PKCS#8, and the two older forms (SEC 1 for elliptic curves, PKCS#1 for RSA), which Java cannot
 * read but which Go's tools and K3s write. Those are wrapped into PKCS#8 here.
 */
final class PrivateKeyFile {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ((?:EC |RSA )?PRIVATE KEY)-----(.*?)-----END", Pattern.DOTALL);
    private static final byte[] RSA = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    private static final byte[] EC_PUBLIC_KEY = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};
    private static final byte[] VERSION = {0x02, 0x01, 0x00};

    private PrivateKeyFile() {}

    static PrivateKey read(Path file) throws IOException, GeneralSecurityException {
        Matcher block = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (!block.find()) {
            throw new InvalidKeySpecException(file + " holds no private key in PEM form");
        }
        byte[] der = Base64.getMimeDecoder().decode(block.group(2));
        byte[] pkcs8 = switch (block.group(1)) {
            case "EC PRIVATE KEY" -> wrap(sequence(EC_PUBLIC_KEY, curve(der, file)), der);
            case "RSA PRIVATE KEY" -> wrap(RSA, der);
            default -> der;
        };
        for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (InvalidKeySpecException _) {
                // perhaps of the next kind
            }
        }
        throw new InvalidKeySpecException(file + " holds a private key that is neither EC, RSA nor Ed25519");
    }

    /** The curve's name stands in the optional field 0 of the SEC 1 structure: tag a0, then an object identifier. */
    private static byte[] curve(byte[] der, Path file) throws InvalidKeySpecException {
        for (int i = 0; i + 3 < der.length; i++) {
            boolean found = der[i] == (byte) 0xa0 && der[i + 2] == 0x06 && der[i + 1] == der[i + 3] + 2;
            if (found && i + 2 + der[i + 1] <= der.length) {
                return java.util.Arrays.copyOfRange(der, i + 2, i + 2 + der[i + 1]);
            }
        }
        throw new InvalidKeySpecException(file + " does not name its elliptic curve");
    }

    private static byte[] wrap(byte[] algorithm, byte[] key) {
        return sequence(VERSION, algorithm, tagged(0x04, key));
    }

    private static byte[] sequence(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return tagged(0x30, all.toByteArray());
    }

    private static byte[] tagged(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else if (content.length < 0x100) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }
}
