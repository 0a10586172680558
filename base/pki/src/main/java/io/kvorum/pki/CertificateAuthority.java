package io.kvorum.pki;

import io.kvorum.pki.LeafProfile.Usage;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/** A certificate authority of the cluster, kept in two files beside each other; any thread may use it. */
public final class CertificateAuthority {
    /** K3s's figures: ten years for an authority, one for a leaf. */
    private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);

    private static final Duration LEAF_LIFE = Duration.ofDays(365);
    /** A board without a battery-backed clock boots in the past: what was just made must be valid there too. */
    private static final Duration BACKDATE = Duration.ofHours(1);

    private final KeyPair keys;
    private final List<X509Certificate> chain;
    private final InstantSource clock;

    private CertificateAuthority(KeyPair keys, List<X509Certificate> chain, InstantSource clock) {
        this.keys = keys;
        this.chain = chain;
        this.clock = clock;
    }

    /** Reads the authority from {@code <name>.crt} and {@code <name>.key}, or makes it there, named as K3s names its own. */
    public static CertificateAuthority openOrCreate(Path folder, String file, String label, InstantSource clock) {
        Path certificateFile = folder.resolve(file + ".crt");
        Path keyFile = folder.resolve(file + ".key");
        if (Files.exists(keyFile) != Files.exists(certificateFile)) {
            throw new PkiException(
                    certificateFile,
                    "and its key must be there both or not at all; restore the missing one from a backup");
        }
        if (Files.exists(keyFile)) {
            return open(certificateFile, keyFile, clock);
        }
        KeyPair keys = newKeys();
        X509Certificate certificate =
                selfSigned(keys, label + "@" + clock.instant().getEpochSecond(), clock.instant());
        SecretFile.write(keyFile, Pem.encode(keys.getPrivate()), "rw-------");
        SecretFile.write(certificateFile, Pem.encode(List.of(certificate)), "rw-r--r--");
        return new CertificateAuthority(keys, List.of(certificate), clock);
    }

    private static CertificateAuthority open(Path certificateFile, Path keyFile, InstantSource clock) {
        List<X509Certificate> chain = Pem.certificates(certificateFile);
        KeyPair keys = Pem.keyPair(keyFile);
        if (!keys.getPublic().equals(chain.getFirst().getPublicKey())) {
            throw new PkiException(keyFile, "does not belong to " + certificateFile.getFileName());
        }
        return new CertificateAuthority(keys, chain, clock);
    }

    /**
     * What the files of another authority hold that takes this one's place. This one vouches for it, so that who trusts this
     * one believes its leaves, and the bundle holds this one, so that who trusts the bundle believes the leaves there are.
     *
     * @param certificatesPem the new key's certificate as this authority signed it, what vouches for that, and last the
     *     same as the new key signed itself, which will stand alone one day
     */
    public record Successor(String certificatesPem, String keyPem) {
        @Override
        public String toString() {
            return "Successor[" + certificatesPem.length() + " characters of certificates]";
        }
    }

    /** @param label such as {@code k3s-server-ca}; the time is added, as K3s has it */
    public Successor successor(String label) {
        KeyPair fresh = newKeys();
        Instant now = plausible(clock.instant());
        String commonName = label + "@" + now.getEpochSecond();
        List<X509Certificate> bundle = new ArrayList<>();
        bundle.add(vouched(fresh, commonName, now));
        bundle.addAll(chain);
        bundle.add(selfSigned(fresh, commonName, now));
        return new Successor(Pem.encode(bundle), Pem.encode(fresh.getPrivate()));
    }

    private X509Certificate vouched(KeyPair fresh, String commonName, Instant now) {
        var name = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.CN, commonName)
                .build();
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    new org.bouncycastle.cert.jcajce.JcaX509CertificateHolder(certificate()).getSubject(),
                    serial(),
                    Date.from(earliest(now)),
                    certificate().getNotAfter(),
                    name,
                    fresh.getPublic());
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils()
                            .createAuthorityKeyIdentifier(certificate().getPublicKey()));
            addAuthorityExtensions(builder, fresh.getPublic());
            return sign(builder, keys);
        } catch (IOException | GeneralSecurityException e) {
            throw new PkiException("cannot vouch for the authority " + commonName, e);
        }
    }

    /** A new P-256 key pair. */
    public static KeyPair newKeys() {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new PkiException("this Java has no P-256", e);
        }
    }

    /** The authority's own certificate first, then what vouches for it. */
    public List<X509Certificate> chain() {
        return chain;
    }

    public X509Certificate certificate() {
        return chain.getFirst();
    }

    /** Makes a key pair and a certificate for it. */
    public Identity issue(LeafProfile profile) {
        KeyPair leaf = newKeys();
        return new Identity(leaf.getPrivate(), certify(profile, leaf.getPublic()));
    }

    /** The chain without what stands behind its root for other uses: Java's key stores refuse leaves with such a chain. */
    private List<X509Certificate> upToRoot() {
        int length = 1;
        while (length < chain.size()
                && chain.get(length - 1)
                        .getIssuerX500Principal()
                        .equals(chain.get(length).getSubjectX500Principal())) {
            length++;
        }
        return chain.subList(0, length);
    }

    /** Vouches for a key that its holder keeps: the leaf and this authority's chain. */
    public List<X509Certificate> certify(LeafProfile profile, PublicKey key) {
        Instant now = plausible(clock.instant());
        var subject = new X500NameBuilder(BCStyle.INSTANCE);
        profile.organizations().forEach(organization -> subject.addRDN(BCStyle.O, organization));
        subject.addRDN(BCStyle.CN, profile.commonName());
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    new org.bouncycastle.cert.jcajce.JcaX509CertificateHolder(certificate()).getSubject(),
                    serial(),
                    Date.from(earliest(now)),
                    Date.from(now.plus(LEAF_LIFE)),
                    subject.build(),
                    key);
            addLeafExtensions(builder, profile, key);
            List<X509Certificate> leafChain = new ArrayList<>();
            leafChain.add(sign(builder, keys));
            leafChain.addAll(upToRoot());
            return leafChain;
        } catch (IOException | GeneralSecurityException e) {
            throw new PkiException("cannot make a certificate for " + profile.commonName(), e);
        }
    }

    /** A clock that is behind the authority's own birth is wrong. */
    private Instant plausible(Instant now) {
        Instant birth = certificate().getNotBefore().toInstant();
        return now.isBefore(birth) ? birth : now;
    }

    private Instant earliest(Instant now) {
        Instant authority = certificate().getNotBefore().toInstant();
        Instant backdated = now.minus(BACKDATE);
        return backdated.isBefore(authority) ? authority : backdated;
    }

    private void addLeafExtensions(JcaX509v3CertificateBuilder builder, LeafProfile profile, PublicKey key)
            throws IOException, GeneralSecurityException {
        var identifiers = new JcaX509ExtensionUtils();
        List<KeyPurposeId> purposes = new ArrayList<>();
        if (profile.usages().contains(Usage.SERVER)) {
            purposes.add(KeyPurposeId.id_kp_serverAuth);
        }
        if (profile.usages().contains(Usage.CLIENT)) {
            purposes.add(KeyPurposeId.id_kp_clientAuth);
        }
        builder.addExtension(
                        Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment))
                .addExtension(
                        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)))
                .addExtension(
                        Extension.authorityKeyIdentifier,
                        false,
                        identifiers.createAuthorityKeyIdentifier(certificate().getPublicKey()))
                .addExtension(Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key));
        if (!profile.names().isEmpty()) {
            builder.addExtension(Extension.subjectAlternativeName, false, alternativeNames(profile.names()));
        }
    }

    private static GeneralNames alternativeNames(List<String> names) {
        return new GeneralNames(names.stream()
                .distinct()
                .map(name -> new GeneralName(kindOf(name), name))
                .toArray(GeneralName[]::new));
    }

    private static int kindOf(String name) {
        if (name.contains("://")) {
            return GeneralName.uniformResourceIdentifier;
        }
        return IPAddress.isValid(name) ? GeneralName.iPAddress : GeneralName.dNSName;
    }

    private static X509Certificate selfSigned(KeyPair keys, String commonName, Instant now) {
        var name = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.CN, commonName)
                .build();
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    name,
                    serial(),
                    Date.from(now.minus(BACKDATE)),
                    Date.from(now.plus(AUTHORITY_LIFE)),
                    name,
                    keys.getPublic());
            addAuthorityExtensions(builder, keys.getPublic());
            return sign(builder, keys);
        } catch (IOException | GeneralSecurityException e) {
            throw new PkiException("cannot make the authority " + commonName, e);
        }
    }

    private static void addAuthorityExtensions(JcaX509v3CertificateBuilder builder, PublicKey key)
            throws IOException, GeneralSecurityException {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                .addExtension(
                        Extension.keyUsage,
                        true,
                        new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment | KeyUsage.keyCertSign))
                .addExtension(
                        Extension.subjectKeyIdentifier,
                        false,
                        new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
    }

    private static BigInteger serial() {
        return new BigInteger(63, new SecureRandom()).add(BigInteger.ONE);
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, KeyPair keys) throws CertificateException {
        String algorithm = keys.getPrivate().getAlgorithm().startsWith("EC") ? "SHA256withECDSA" : "SHA256withRSA";
        try {
            var signer = new JcaContentSignerBuilder(algorithm).build(keys.getPrivate());
            return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
        } catch (OperatorCreationException e) {
            throw new CertificateException("cannot sign with " + algorithm, e);
        }
    }
}
