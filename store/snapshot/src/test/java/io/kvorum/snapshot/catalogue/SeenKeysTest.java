package io.kvorum.snapshot.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.kvorum.model.Bytes;
import org.junit.jupiter.api.Test;

final class SeenKeysTest {
    private final SeenKeys seen = new SeenKeys(1 << 12);

    @Test
    void aKeyIsNewOnceUntilItIsRemoved() {
        assertThat(seen.add(key(1))).isTrue();
        assertThat(seen.add(key(1))).isFalse();
        assertThat(seen.remove(key(1))).isTrue();
        assertThat(seen.remove(key(1))).isFalse();
        assertThat(seen.add(key(1))).isTrue();
    }

    @Test
    void keysThatCameAndWentTakeNoRoom() {
        for (int i = 0; i < 100_000; i++) {
            assertThat(seen.add(key(i))).isTrue();
            assertThat(i < 100 || seen.remove(key(i - 100))).isTrue();
        }
        assertThat(seen.isFull()).isFalse();
    }

    @Test
    void moreKeysThanThereIsRoomForAreSaidToBe() {
        for (int i = 0; i < 5000; i++) {
            seen.add(key(i));
        }
        assertThat(seen.isFull()).isTrue();
        assertThat(seen.add(key(7))).isFalse();
    }

    private static Bytes key(int number) {
        return Bytes.utf8("/registry/events/default/e" + number);
    }
}
