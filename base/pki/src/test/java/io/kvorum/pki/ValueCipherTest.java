package io.kvorum.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ValueCipherTest {
    private static final HexFormat HEX = HexFormat.of();

    @Test
    void secretboxIsThatOfNacl() {
        // the example in NaCl's own tests
        byte[] key = HEX.parseHex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
        String nonce = "69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37";
        String plain = "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffc"
                + "e5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31"
                + "0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde"
                + "048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f93776384864"
                + "5e0705";
        String boxed = "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce"
                + "48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c972"
                + "71d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae"
                + "90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b3"
                + "7973f622a43d14a6599b1f654cb45a74e355a5";

        assertThat(HEX.formatHex(ValueCipher.secretBox(key).decrypt(HEX.parseHex(nonce + boxed))))
                .isEqualTo(plain);
    }

    @Test
    void whatWasEncryptedIsDecryptedAndWhatWasChangedIsNot() {
        byte[] plain = "a secret".getBytes(StandardCharsets.UTF_8);
        for (ValueCipher cipher : List.of(
                ValueCipher.aesCbc(new byte[32]),
                ValueCipher.aesCbc(new byte[16]),
                ValueCipher.secretBox(new byte[32]))) {
            byte[] encrypted = cipher.encrypt(plain, new Random(1));
            assertThat(cipher.decrypt(encrypted)).isEqualTo(plain);

            assertThatThrownBy(() -> cipher.decrypt(new byte[3])).isInstanceOf(PkiException.class);
        }
        byte[] changed = ValueCipher.secretBox(new byte[32]).encrypt(plain, new Random(1));
        changed[changed.length - 1] ^= 1;
        assertThatThrownBy(() -> ValueCipher.secretBox(new byte[32]).decrypt(changed))
                .isInstanceOf(PkiException.class);
    }
}
