package io.kvorum.etcdctl.print;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTextTest {
    @Test
    void headingsStandInTheMiddleAndCellsOnTheRight() {
        String table = TableText.of(
                List.of("endpoint", "hash"), List.of(List.of("127.0.0.1:2379", "1"), List.of("x", "3060690342")));

        assertThat(table).isEqualTo("""
                        +----------------+------------+
                        |    ENDPOINT    |    HASH    |
                        +----------------+------------+
                        | 127.0.0.1:2379 |          1 |
                        |              x | 3060690342 |
                        +----------------+------------+
                        """);
    }
}
