package io.kvorum.network.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.network.dns.ZoneAnswer.Found;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

class ClusterZoneTest {
    private final ClusterZone zone = new ClusterZone(
            MemoryCluster.usual(),
            Name.fromConstantString("cluster.local."),
            InetAddress.ofLiteral("10.43.0.10"),
            address -> AddressRange.of("10.42.0.0/16").contains(address)
                    || AddressRange.of("10.43.0.0/16").contains(address));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kubernetes.default.svc.cluster.local           | A    | 10.43.0.1
            KUBERNETES.Default.svc.cluster.local           | A    | 10.43.0.1
            kubernetes.default.svc.cluster.local           | AAAA | no data
            kubernetes.default.svc.cluster.local           | SRV  | 0 100 443 kubernetes.default.svc.cluster.local.
            web.shop.svc.cluster.local                     | A    | 10.43.0.7
            web.default.svc.cluster.local                  | A    | no name
            db.shop.svc.cluster.local                      | A    | 10.42.0.5 10.42.1.6
            db-0.db.shop.svc.cluster.local                 | A    | 10.42.0.5
            10-42-1-6.db.shop.svc.cluster.local            | A    | 10.42.1.6
            db-2.db.shop.svc.cluster.local                 | A    | no name
            _http._tcp.web.shop.svc.cluster.local          | SRV  | 0 100 80 web.shop.svc.cluster.local.
            _http._udp.web.shop.svc.cluster.local          | SRV  | no name
            _none._tcp.web.shop.svc.cluster.local          | SRV  | no name
            _tcp.web.shop.svc.cluster.local                | SRV  | no data
            _sql._tcp.db.shop.svc.cluster.local            | SRV  | 0 100 5432 db-0.db.shop.svc.cluster.local. 0 100 5432 10-42-1-6.db.shop.svc.cluster.local.
            docs.shop.svc.cluster.local                    | A    | alias docs.example.org.
            10-42-0-9.shop.pod.cluster.local               | A    | 10.42.0.9
            10-42.shop.pod.cluster.local                   | A    | no name
            nonsense.shop.pod.cluster.local                | A    | no name
            dns-version.cluster.local                      | TXT  | "1.1.0"
            ns.dns.cluster.local                           | A    | 10.43.0.10
            cluster.local                                  | A    | no data
            svc.cluster.local                              | A    | no data
            shop.svc.cluster.local                         | A    | no data
            void.svc.cluster.local                         | A    | no name
            nonsense.cluster.local                         | A    | no name
            7.0.43.10.in-addr.arpa                         | PTR  | web.shop.svc.cluster.local.
            5.0.42.10.in-addr.arpa                         | PTR  | db-0.db.shop.svc.cluster.local.
            99.0.42.10.in-addr.arpa                        | PTR  | no name
            1.2.0.192.in-addr.arpa                         | PTR  | not ours
            h1                                             | A    | 192.0.2.11
            h2                                             | A    | not ours
            example.org                                    | A    | not ours
            kubernetes.default.svc.cluster.local.lan       | A    | not ours
            """)
    void namesAreAnsweredAsTheSpecificationSays(String name, String type, String expected) throws Exception {
        assertThat(text(zone.answer(Name.fromString(name + "."), Type.value(type))))
                .isEqualTo(expected);
    }

    private static String text(ZoneAnswer answer) {
        return switch (answer) {
            case Found found ->
                String.join(
                        " ",
                        found.records().stream()
                                .map(each -> each.rdataToString())
                                .toList());
            case ZoneAnswer.Alias alias -> "alias " + alias.target();
            case ZoneAnswer.NoData _ -> "no data";
            case ZoneAnswer.NoName _ -> "no name";
            case ZoneAnswer.NotOurs _ -> "not ours";
        };
    }

    @org.junit.jupiter.api.Test
    void srvRecordsBringTheAddressesOfTheirTargets() throws Exception {
        var answer = zone.answer(Name.fromString("_sql._tcp.db.shop.svc.cluster.local."), Type.SRV);

        assertThat(answer)
                .isInstanceOfSatisfying(
                        Found.class,
                        found -> assertThat(found.additional().stream()
                                        .map(each -> each.rdataToString())
                                        .toList())
                                .isEqualTo(List.of("10.42.0.5", "10.42.1.6")));
    }
}
