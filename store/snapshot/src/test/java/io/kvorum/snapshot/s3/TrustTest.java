package io.kvorum.snapshot.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrustTest {
    private static final String SITE = """
            -----BEGIN CERTIFICATE-----
            MIIBdTCCARugAwIBAgIUP9NG7m/rjwAXqqsAeG4Hg3mtqAAwCgYIKoZIzj0EAwIw
            DzENMAsGA1UEAwwEc2l0ZTAgFw0yNjExMjMwNDQyNTBaGA8yMTI2MTAzMDA0NDI1
            MFowDzENMAsGA1UEAwwEc2l0ZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNOB
            SBT+AMyoVwg/IVoRj/9h1r7JM0Zhcy4jS/X5MW58fArKKlLm8xOPBoCc9udHvdJb
            Cm2LcMYm2IrFVC2NKTWjUzBRMB0GA1UdDgQWBBRImbaXQkT6F3/9hZr32YNC5PT8
            pzAfBgNVHSMEGDAWgBRImbaXQkT6F3/9hZr32YNC5PT8pzAPBgNVHRMBAf8EBTAD
            AQH/MAoGCCqGSM49BAMCA0gAMEUCIQDBCYOjVlL82Z7zxrxKT64ckn4cy5lGviLr
            GeForhUxvgIgGw0duJUtYAXSRy7PaPTzjOqhgnu+BCxVoKAaMj/vE+Q=
            -----END CERTIFICATE-----
            """;

    @TempDir
    private Path folder;

    @Test
    void theAuthoritiesOfTheMachineAreBelievedBesideJavas() throws IOException {
        Path bundle = Files.writeString(folder.resolve("ca-certificates.crt"), SITE);

        assertThat(subjects("", List.of(folder.resolve("none"), bundle))).contains("CN=site");
        assertThat(subjects("", List.of())).isNotEmpty().doesNotContain("CN=site");
    }

    @Test
    void anAuthorityThatIsNamedIsBelievedBesideThem() {
        assertThat(subjects(SITE, List.of())).contains("CN=site").hasSizeGreaterThan(1);
    }

    @Test
    void aMachineWhoseAuthoritiesCannotBeReadBelievesJavas() throws IOException {
        Path bundle = Files.writeString(folder.resolve("ca-certificates.crt"), "-----BEGIN CERTIFICATE-----\nno\n");

        assertThat(subjects("", List.of(bundle))).isNotEmpty();
    }

    private static List<String> subjects(String named, List<Path> machine) {
        return Arrays.stream(Trust.of(named, machine).getAcceptedIssuers())
                .map(each -> each.getSubjectX500Principal().getName())
                .toList();
    }
}
