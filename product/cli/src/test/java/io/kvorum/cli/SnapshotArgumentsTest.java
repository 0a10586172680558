package io.kvorum.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SnapshotArgumentsTest {
    private static String ordered(String typed) {
        return String.join(" ", SnapshotArguments.inOrder(Main.commandLine(), typed.split(" ")));
    }

    @Test
    void flagsMayStandBeforeTheCommandBelow() {
        assertThat(ordered("etcd-snapshot --s3 --s3-bucket=b --s3-access-key test ls -o json"))
                .isEqualTo("etcd-snapshot ls --s3 --s3-bucket=b --s3-access-key test -o json");
        assertThat(ordered("etcd-snapshot --s3 --s3-bucket b delete on-demand-h1-1"))
                .isEqualTo("etcd-snapshot delete --s3 --s3-bucket b on-demand-h1-1");
    }

    @Test
    void flagsAloneMeanToSave() {
        assertThat(ordered("etcd-snapshot --name before-upgrade --node-name h1 --alsologtostderr"))
                .isEqualTo("etcd-snapshot save --name before-upgrade --node-name h1 --alsologtostderr");
    }

    @Test
    void whatIsInOrderStaysAsItIs() {
        for (String typed :
                new String[] {"etcd-snapshot", "etcd-snapshot --help", "etcd-snapshot save --s3", "token list"}) {
            assertThat(ordered(typed)).isEqualTo(typed);
        }
    }
}
