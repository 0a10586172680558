package io.kvorum.registry;

import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes uids and the random ends of generated names; any thread if its source of chance is for any thread. */
final class Ids {
    /** Upstream's alphabet: no vowels and nothing that looks like them, so that no words come about. */
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

    private static final int SUFFIX_LENGTH = 5;
    private static final int LONGEST_BASE = 63 - SUFFIX_LENGTH;

    private final RandomGenerator chance;

    Ids(RandomGenerator chance) {
        this.chance = chance;
    }

    /** A random (version 4) UUID. */
    String uid() {
        long high = (chance.nextLong() & ~0xf000L) | 0x4000L;
        long low = (chance.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }

    String name(String base) {
        StringBuilder name = new StringBuilder(base.length() > LONGEST_BASE ? base.substring(0, LONGEST_BASE) : base);
        for (int i = 0; i < SUFFIX_LENGTH; i++) {
            name.append(ALPHABET.charAt(chance.nextInt(ALPHABET.length())));
        }
        return name.toString();
    }
}
