package io.kvorum.apimachinery.validation;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The syntax of a CronJob's schedule: five fields, or a word such as {@code @daily}, or {@code @every 1h30m}. */
final class CronSyntax {
    private static final List<String> WORDS =
            List.of("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly");
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

    /** What one of the five fields may hold; names count from the lowest value. */
    private record Field(int least, int most, List<String> names) {}

    private static final List<Field> FIELDS = List.of(
            new Field(0, 59, List.of()),
            new Field(0, 23, List.of()),
            new Field(1, 31, List.of()),
            new Field(1, 12, MONTHS),
            new Field(0, 6, DAYS));

    private CronSyntax() {}

    /** What is wrong; empty when nothing is. */
    static Optional<String> problem(String schedule) {
        if (schedule.startsWith("@")) {
            return word(schedule);
        }
        List<String> fields = List.of(schedule.strip().split("\\s+"));
        if (fields.size() != FIELDS.size()) {
            return Optional.of(
                    "expected exactly 5 fields, found %d: [%s]".formatted(fields.size(), String.join(" ", fields)));
        }
        for (int i = 0; i < FIELDS.size(); i++) {
            for (String part : fields.get(i).split(",", -1)) {
                Optional<String> problem = range(part, FIELDS.get(i));
                if (problem.isPresent()) {
                    return problem;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> word(String schedule) {
        if (WORDS.contains(schedule)) {
            return Optional.empty();
        }
        if (!schedule.startsWith("@every ")) {
            return Optional.of("unrecognized descriptor: " + schedule);
        }
        String duration = schedule.substring("@every ".length());
        try {
            Duration.parse("PT" + duration.toUpperCase(Locale.ROOT));
            return Optional.empty();
        } catch (DateTimeException e) {
            return Optional.of("failed to parse duration " + schedule);
        }
    }

    /** A star or a value or two with a dash, and a step behind a slash. */
    private static Optional<String> range(String part, Field field) {
        String[] stepped = part.split("/", -1);
        String[] ends = stepped[0].split("-", -1);
        if (stepped.length > 2) {
            return Optional.of("too many slashes: " + part);
        }
        if (ends.length > 2) {
            return Optional.of("too many hyphens: " + part);
        }
        boolean isStar = stepped[0].equals("*") || stepped[0].equals("?");
        int first = isStar ? field.least() : value(ends[0], field);
        int last = isStar ? field.most() : value(ends[ends.length - 1], field);
        int step = stepped.length == 2 ? value(stepped[1], new Field(0, 0, List.of())) : 1;
        if (first == UNREADABLE || last == UNREADABLE || step == UNREADABLE) {
            return Optional.of("failed to parse int from " + part);
        }
        if (first < field.least()) {
            return Optional.of("beginning of range (%d) below minimum (%d): %s".formatted(first, field.least(), part));
        }
        if (last > field.most()) {
            return Optional.of("end of range (%d) above maximum (%d): %s".formatted(last, field.most(), part));
        }
        if (first > last) {
            return Optional.of("beginning of range (%d) beyond end of range (%d): %s".formatted(first, last, part));
        }
        return step == 0 ? Optional.of("step of range should be a positive number: " + part) : Optional.empty();
    }

    private static final int UNREADABLE = -1;

    private static int value(String text, Field field) {
        int name = field.names().indexOf(text.toLowerCase(Locale.ROOT));
        if (name >= 0) {
            return name + field.least();
        }
        boolean isNumber = !text.isEmpty() && text.length() < 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? Integer.parseInt(text) : UNREADABLE;
    }
}
