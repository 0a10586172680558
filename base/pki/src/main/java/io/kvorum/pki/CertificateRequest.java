package io.kvorum.pki;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * A PKCS#10 request by which the holder of a key asks for a certificate. The supervisor takes nothing from it but the
 * public key: what the certificate says is decided by who asks. Any thread.
 */
public final class CertificateRequest {
    private CertificateRequest() {}

    /** The DER bytes of a request for this key, as K3s's agents send it. */
    public static byte[] of(KeyPair keys, String commonName) {
        String algorithm = keys.getPrivate().getAlgorithm().startsWith("EC") ? "SHA256withECDSA" : "SHA256withRSA";
        var subject = new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.CN, commonName)
                .build();
        try {
            var signer = new JcaContentSignerBuilder(algorithm).build(keys.getPrivate());
            return new JcaPKCS10CertificationRequestBuilder(subject, keys.getPublic())
                    .build(signer)
                    .getEncoded();
        } catch (OperatorCreationException | IOException e) {
            throw new PkiException("cannot make a certificate request for " + commonName, e);
        }
    }

    /**
     * The key a request is for, which its sender has shown to hold.
     *
     * @param request DER, or PEM
     * @throws PkiException when it is no request or its signature is not by that key
     */
    public static PublicKey keyOf(byte[] request) {
        try {
            var parsed = new JcaPKCS10CertificationRequest(parsed(request));
            PublicKey key = parsed.getPublicKey();
            if (!parsed.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw new PkiException("the certificate request is not signed by the key it names");
            }
            return key;
        } catch (IOException
                | GeneralSecurityException
                | OperatorCreationException
                | PKCSException
                | IllegalArgumentException e) {
            throw new PkiException("the body is no certificate request (PKCS#10, DER or PEM)", e);
        }
    }

    private static PKCS10CertificationRequest parsed(byte[] request) throws IOException {
        String text = new String(request, StandardCharsets.ISO_8859_1);
        if (!text.startsWith("-----BEGIN")) {
            return new PKCS10CertificationRequest(request);
        }
        try (var parser = new PEMParser(new StringReader(text))) {
            if (parser.readObject() instanceof PKCS10CertificationRequest found) {
                return found;
            }
            throw new IOException("no request in the PEM text");
        }
    }
}
