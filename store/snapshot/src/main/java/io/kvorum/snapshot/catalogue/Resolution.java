package io.kvorum.snapshot.catalogue;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which snapshot somebody means who wrote a name, a part of one, or a date. */
public sealed interface Resolution<S extends NamedSnapshot> {
    /** @param isExact whether it is called so; otherwise it is the newest of those that fit */
    record Found<S extends NamedSnapshot>(S snapshot, boolean isExact) implements Resolution<S> {}

    /** @param candidates what there is, the newest first */
    record Missing<S extends NamedSnapshot>(List<S> candidates) implements Resolution<S> {
        public Missing {
            candidates = List.copyOf(candidates);
        }
    }

    Pattern DATED = Pattern.compile("(.*?)-?(\\d{4}-\\d{2}-\\d{2})");

    /**
     * Takes the snapshot of that name; else the newest whose name begins so; else, where the text ends in a date such as
     * {@code 2026-02-09}, the newest of that day whose name begins with what stands before the date.
     *
     * @param zone in which the day is meant
     */
    static <S extends NamedSnapshot> Resolution<S> of(String text, List<S> all, ZoneId zone) {
        for (S each : all) {
            if (each.name().text().equals(text)) {
                return new Found<>(each, true);
            }
        }
        Comparator<S> byTime = Comparator.comparing(NamedSnapshot::createdAt);
        Optional<S> newest = all.stream()
                .filter(each -> !text.isEmpty() && each.name().text().startsWith(text))
                .max(byTime)
                .or(() -> all.stream().filter(each -> isOfDay(text, each, zone)).max(byTime));
        return newest.<Resolution<S>>map(each -> new Found<>(each, false))
                .orElseGet(() ->
                        new Missing<>(all.stream().sorted(byTime.reversed()).toList()));
    }

    private static boolean isOfDay(String text, NamedSnapshot snapshot, ZoneId zone) {
        Matcher dated = DATED.matcher(text);
        if (!dated.matches() || !snapshot.name().text().startsWith(dated.group(1))) {
            return false;
        }
        try {
            return LocalDate.ofInstant(snapshot.createdAt(), zone).equals(LocalDate.parse(dated.group(2)));
        } catch (DateTimeException e) {
            return false;
        }
    }
}
