package io.kvorum.torture;

import io.kvorum.simulation.linearizability.Transactions.Input;
import io.kvorum.torture.Deed.Echo;
import io.kvorum.torture.Deed.Versioned;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The clients of one round: each method is one client's life, on a thread of its own. */
final class Clients {
    private static final int KEYS = 6;
    /** A group of calls longer than this takes the checker too long when many of them have no answer. */
    private static final int CALLS_PER_KEY = 250;

    private static final int ACCOUNTS = 5;
    private static final int FIRST_BALANCE = 100;

    private final String prefix;
    private final BooleanSupplier isOver;
    private final AtomicLong values = new AtomicLong();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong transfers = new AtomicLong();

    Clients(String prefix, BooleanSupplier isOver) {
        this.prefix = prefix;
        this.isOver = isOver;
    }

    /** No two values are the same, so that a value tells which call wrote it. */
    private String newValue() {
        return "v" + values.incrementAndGet();
    }

    /** Writes, reads, deletes and swaps single keys. */
    void registers(Caller caller) throws InterruptedException {
        Random random = caller.random();
        Optional<String> seen = Optional.empty();
        while (!isOver.getAsBoolean()) {
            String key = key(random);
            Echo echo = switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> caller.call(key, write(key, Optional.of(newValue())));
                case 4, 5, 6 -> caller.call(key, read(key));
                case 7 -> caller.call(key, write(key, Optional.empty()));
                default -> swap(caller, key, seen);
            };
            if (echo != null && !echo.values().isEmpty()) {
                seen = echo.values().getFirst().map(Versioned::value);
            }
            rest(random, echo != null);
        }
    }

    private @Nullable Echo swap(Caller caller, String key, Optional<String> seen) {
        Echo found = caller.call(key, read(key));
        Optional<String> expected =
                found == null ? seen : found.values().getFirst().map(Versioned::value);
        return caller.call(key, new Input(Map.of(key, expected), Map.of(key, Optional.of(newValue())), List.of(key)));
    }

    private String key(Random random) {
        return "%s/r/%d-%d".formatted(prefix, calls.incrementAndGet() / (CALLS_PER_KEY * KEYS), random.nextInt(KEYS));
    }

    private static Input read(String key) {
        return new Input(Map.of(), Map.of(), List.of(key));
    }

    private static Input write(String key, Optional<String> value) {
        return new Input(Map.of(), Map.of(key, value), List.of());
    }

    /** Moves amounts between accounts of the bank of the hour, reading them all before and after. */
    void transfers(Caller caller) throws InterruptedException {
        Random random = caller.random();
        List<Optional<String>> balances = List.of();
        String last = "";
        while (!isOver.getAsBoolean()) {
            String bank = "%s/bank%d".formatted(prefix, transfers.incrementAndGet() / CALLS_PER_KEY);
            List<String> accounts = accounts(bank);
            Echo echo;
            if (!bank.equals(last)) {
                last = bank;
                echo = caller.call(bank, opening(accounts));
            } else if (balances.isEmpty() || random.nextInt(4) == 0) {
                echo = caller.call(bank, new Input(Map.of(), Map.of(), accounts));
            } else {
                echo = transfer(caller, bank, accounts, balances);
            }
            boolean isKnown = echo != null && echo.values().stream().allMatch(Optional::isPresent);
            balances = echo != null && isKnown
                    ? echo.values().stream()
                            .map(each -> each.map(Versioned::value))
                            .toList()
                    : List.of();
            if (echo != null && !isKnown) {
                last = "";
            }
            rest(random, echo != null);
        }
    }

    private static List<String> accounts(String bank) {
        return IntStream.range(0, ACCOUNTS).mapToObj(i -> bank + "/" + i).toList();
    }

    private Input opening(List<String> accounts) {
        Map<String, Optional<String>> nobody = new TreeMap<>();
        Map<String, Optional<String>> first = new TreeMap<>();
        accounts.forEach(account -> {
            nobody.put(account, Optional.empty());
            first.put(account, Optional.of(balance(FIRST_BALANCE)));
        });
        return new Input(nobody, first, accounts);
    }

    private String balance(int amount) {
        return amount + "-" + newValue();
    }

    private @Nullable Echo transfer(
            Caller caller, String bank, List<String> accounts, List<Optional<String>> balances) {
        Random random = caller.random();
        int from = random.nextInt(ACCOUNTS);
        int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
        int amount = random.nextInt(20);
        Map<String, Optional<String>> expected = new TreeMap<>();
        expected.put(accounts.get(from), balances.get(from));
        expected.put(accounts.get(to), balances.get(to));
        Map<String, Optional<String>> writes = new TreeMap<>();
        writes.put(accounts.get(from), Optional.of(balance(amount(balances.get(from)) - amount)));
        writes.put(accounts.get(to), Optional.of(balance(amount(balances.get(to)) + amount)));
        return caller.call(bank, new Input(expected, writes, accounts));
    }

    static int amount(Optional<String> balance) {
        String text = balance.orElseThrow();
        return Integer.parseInt(text.substring(0, text.indexOf('-', 1)));
    }

    static int wholeBank() {
        return ACCOUNTS * FIRST_BALANCE;
    }

    /** Reads what one member has, for as long as it likes to stay there. */
    void staleReads(Caller caller) throws InterruptedException {
        Random random = caller.random();
        while (!isOver.getAsBoolean()) {
            Seat seat = caller.anySeat();
            for (int i = 20 + random.nextInt(200); i > 0 && !isOver.getAsBoolean(); i--) {
                String key = key(random);
                Echo echo = caller.call(seat, key, read(key), true);
                rest(random, echo != null);
                if (echo == null) {
                    break;
                }
            }
        }
    }

    private static void rest(Random random, boolean wentWell) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(wentWell ? random.nextInt(12) : 20 + random.nextInt(100));
    }
}
