package io.kvorum.pki;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.jcajce.provider.asymmetric.util.EC5Util;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.util.io.pem.PemObject;
import org.jspecify.annotations.Nullable;

/** Keys and certificates as PEM text: SEC1 for EC keys and PKCS#1 for RSA keys, as K3s writes them; PKCS#8 is read too. */
public final class Pem {
    private Pem() {}

    public static String encode(List<X509Certificate> chain) {
        var text = new StringWriter();
        try (var pem = new JcaPEMWriter(text)) {
            for (X509Certificate certificate : chain) {
                pem.writeObject(certificate);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    public static String encode(PrivateKey key) {
        var text = new StringWriter();
        try (var pem = new JcaPEMWriter(text)) {
            pem.writeObject(key instanceof ECPrivateKey ec ? sec1(ec) : key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Names the curve inside the key, which Java leaves to the envelope that this form does not have. */
    private static PemObject sec1(ECPrivateKey key) throws IOException {
        var curve = PrivateKeyInfo.getInstance(key.getEncoded())
                .getPrivateKeyAlgorithm()
                .getParameters();
        int orderBits = key.getParams().getOrder().bitLength();
        var inner = new org.bouncycastle.asn1.sec.ECPrivateKey(orderBits, key.getS(), curve);
        return new PemObject("EC PRIVATE KEY", inner.getEncoded());
    }

    /** All certificates of a bundle, in order. */
    public static List<X509Certificate> certificates(Path file) {
        List<X509Certificate> certificates;
        try {
            certificates = parsed(read(file));
        } catch (IOException | CertificateException e) {
            throw new PkiException(file, "is damaged; restore it from a backup, or remove it to have it made anew", e);
        }
        if (certificates.isEmpty()) {
            throw new PkiException(file, "holds no certificate");
        }
        return certificates;
    }

    /** All certificates of a text, in order; none when there are none. */
    public static List<X509Certificate> certificatesIn(String text) {
        try {
            return parsed(text);
        } catch (IOException | CertificateException e) {
            throw new PkiException("the text holds a damaged certificate", e);
        }
    }

    private static List<X509Certificate> parsed(String text) throws IOException, CertificateException {
        List<X509Certificate> certificates = new ArrayList<>();
        try (var parser = new PEMParser(new StringReader(text))) {
            for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
                if (object instanceof X509CertificateHolder holder) {
                    certificates.add(new JcaX509CertificateConverter().getCertificate(holder));
                }
            }
        }
        return List.copyOf(certificates);
    }

    /** The key pair of a private key file, the first in it; nobody but its owner may be able to read it. */
    public static KeyPair keyPair(Path file) {
        return keyPairs(file).getFirst();
    }

    /** The key pairs of a file of private keys, at least one; nobody but its owner may be able to read it. */
    public static List<KeyPair> keyPairs(Path file) {
        if (Files.exists(file)) {
            SecretFile.refuseIfReadableByOthers(file);
        }
        List<KeyPair> pairs;
        try {
            pairs = parsedKeyPairs(read(file));
        } catch (IOException | IllegalArgumentException e) {
            throw new PkiException(file, "is damaged; restore it from a backup", e);
        }
        if (pairs.isEmpty()) {
            throw new PkiException(file, "holds no private key");
        }
        return pairs;
    }

    /** The key pair of the first private key in the text. */
    public static KeyPair keyPairIn(String text) {
        return keyPairsIn(text).getFirst();
    }

    /** The key pairs of the private keys in the text, at least one. */
    public static List<KeyPair> keyPairsIn(String text) {
        List<KeyPair> pairs;
        try {
            pairs = parsedKeyPairs(text);
        } catch (IOException | IllegalArgumentException e) {
            throw new PkiException("the text holds a damaged private key", e);
        }
        if (pairs.isEmpty()) {
            throw new PkiException("the text holds no private key");
        }
        return pairs;
    }

    private static List<KeyPair> parsedKeyPairs(String text) throws IOException {
        List<KeyPair> pairs = new ArrayList<>();
        var converter = new JcaPEMKeyConverter();
        try (var parser = new PEMParser(new StringReader(text))) {
            for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
                KeyPair pair = keyPair(converter, object);
                if (pair != null) {
                    pairs.add(pair);
                }
            }
        }
        return List.copyOf(pairs);
    }

    /** A public key, or that of a certificate. */
    public static PublicKey publicKey(Path file) {
        try (var parser = new PEMParser(new StringReader(read(file)))) {
            return switch (parser.readObject()) {
                case SubjectPublicKeyInfo key -> new JcaPEMKeyConverter().getPublicKey(key);
                case X509CertificateHolder certificate ->
                    new JcaPEMKeyConverter().getPublicKey(certificate.getSubjectPublicKeyInfo());
                case null, default -> throw new PkiException(file, "holds no public key in PEM form");
            };
        } catch (IOException | IllegalArgumentException e) {
            throw new PkiException(file, "holds no public key that can be used", e);
        }
    }

    /** A private key of any kind, from a file that nobody but its owner may be able to read. */
    public static PrivateKey privateKey(Path file) {
        if (Files.exists(file)) {
            SecretFile.refuseIfReadableByOthers(file);
        }
        try (var parser = new PEMParser(new StringReader(read(file)))) {
            return switch (parser.readObject()) {
                case PrivateKeyInfo key -> new JcaPEMKeyConverter().getPrivateKey(key);
                case PEMKeyPair pair -> new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
                case null, default -> throw new PkiException(file, "holds no private key in PEM form");
            };
        } catch (IOException | IllegalArgumentException e) {
            throw new PkiException(file, "holds no private key that can be used", e);
        }
    }

    private static @Nullable KeyPair keyPair(JcaPEMKeyConverter converter, Object object) throws IOException {
        return switch (object) {
            case PEMKeyPair pair -> withPublicKey(converter.getPrivateKey(pair.getPrivateKeyInfo()));
            case PrivateKeyInfo info -> withPublicKey(converter.getPrivateKey(info));
            default -> null;
        };
    }

    /** The public half is computed, since not every tool writes it beside the private one. */
    private static KeyPair withPublicKey(PrivateKey key) throws IOException {
        try {
            return switch (key) {
                case RSAPrivateCrtKey rsa ->
                    new KeyPair(
                            KeyFactory.getInstance("RSA")
                                    .generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent())),
                            rsa);
                case ECPrivateKey ec -> new KeyPair(publicHalf(ec), ec);
                default -> throw new IOException("unsupported key type " + key.getAlgorithm());
            };
        } catch (GeneralSecurityException e) {
            throw new IOException("unusable private key", e);
        }
    }

    private static PublicKey publicHalf(ECPrivateKey key) throws GeneralSecurityException {
        var curve = EC5Util.convertSpec(key.getParams());
        var point = curve.getG().multiply(key.getS()).normalize();
        var w = new ECPoint(
                point.getAffineXCoord().toBigInteger(), point.getAffineYCoord().toBigInteger());
        return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(w, key.getParams()));
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new PkiException(file, "is missing", e);
        } catch (IOException e) {
            throw new PkiException(file, "cannot be read", e);
        }
    }
}
