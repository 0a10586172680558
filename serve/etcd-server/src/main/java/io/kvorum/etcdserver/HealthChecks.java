package io.kvorum.etcdserver;

import io.kvorum.engine.Consistency;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.engine.StoreException;
import io.kvorum.http.QueryParameters;
import io.kvorum.model.Bytes;
import io.kvorum.model.KeyRange;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Alarm;
import io.kvorum.mvcc.Operation;
import io.kvorum.raft.MemberId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;

/** Says whether this member serves, in the words of etcd's health pages. Any thread; calls block. */
final class HealthChecks {
    private static final Operation.Range ONE_KEY =
            new Operation.Range(new KeyRange(Bytes.wrap(new byte[] {0}), null), Revision.ZERO, 1);

    private final EmbeddedStore store;
    private final LongAdder successes = new LongAdder();
    private final LongAdder failures = new LongAdder();

    HealthChecks(EmbeddedStore store) {
        this.store = store;
    }

    /** One thing that must be right. */
    private enum Check {
        DATA_CORRUPTION("data_corruption"),
        SERIALIZABLE_READ("serializable_read"),
        LINEARIZABLE_READ("linearizable_read"),
        NON_LEARNER("non_learner"),
        /** Not one of etcd's: a member that has no room for its log or cannot write its vote says why. */
        DISK("disk");

        private final String text;

        Check(String text) {
            this.text = text;
        }
    }

    private static List<Check> checksOf(String probe) {
        return switch (probe) {
            case "livez" -> List.of(Check.SERIALIZABLE_READ);
            case "readyz" ->
                List.of(
                        Check.DATA_CORRUPTION,
                        Check.SERIALIZABLE_READ,
                        Check.LINEARIZABLE_READ,
                        Check.NON_LEARNER,
                        Check.DISK);
            default -> List.of();
        };
    }

    /** {@code /health}: {@code exclude} names alarms not to look at, {@code serializable} does without the others. */
    Pages.Page health(QueryParameters query) {
        boolean isLocal = query.first("serializable").orElse("").equals("true");
        String reason = reason(query.all("exclude"), isLocal);
        (reason.isEmpty() ? successes : failures).increment();
        String text = "{\"health\":\"%s\",\"reason\":\"%s\"}".formatted(reason.isEmpty(), reason.replace("\"", "\\\""));
        return new Pages.Page(reason.isEmpty() ? 200 : 503, Pages.TEXT, reason.isEmpty() ? text : text + "\n");
    }

    /** Empty when all is well. */
    private String reason(List<String> excluded, boolean isLocal) {
        for (Alarm alarm : store.upkeep().alarms()) {
            if (!excluded.contains(name(alarm.kind()))) {
                return "ALARM " + name(alarm.kind());
            }
        }
        if (store.isDamaged()) {
            return "DATABASE DAMAGED";
        }
        if (!isLocal && store.leadership().leader() == null) {
            return "RAFT NO LEADER";
        }
        return readFailure(isLocal ? Consistency.SERIALIZABLE : Consistency.LINEARIZABLE)
                .map(failure -> "RANGE ERROR:" + failure)
                .orElse("");
    }

    private static String name(Alarm.Kind kind) {
        return switch (kind) {
            case NONE -> "UNKNOWN";
            case NO_SPACE -> "NOSPACE";
            case CORRUPT -> "CORRUPT";
        };
    }

    /** {@code /livez}, {@code /readyz}, and each of their checks below them; empty for any other path. */
    Optional<Pages.Page> probe(String path, QueryParameters query) {
        String[] names = path.split("/", -1);
        List<Check> checks = names.length == 2 || names.length == 3 ? checksOf(names[1]) : List.of();
        if (names.length == 3) {
            return checks.stream()
                    .filter(check -> check.text.equals(names[2]))
                    .findFirst()
                    .map(check -> run(List.of(check), query));
        }
        Set<String> excluded = new TreeSet<>(query.all("exclude"));
        return checks.isEmpty()
                ? Optional.empty()
                : Optional.of(run(
                        checks.stream()
                                .filter(check -> !excluded.contains(check.text))
                                .toList(),
                        query));
    }

    private Pages.Page run(List<Check> checks, QueryParameters query) {
        List<String> lines = new ArrayList<>();
        boolean hasFailed = false;
        for (Check check : checks) {
            Optional<String> failure = failure(check);
            hasFailed |= failure.isPresent();
            lines.add(failure.map(text -> "[-]%s failed: %s\n".formatted(check.text, text))
                    .orElse("[+]%s ok\n".formatted(check.text)));
        }
        if (hasFailed) {
            return new Pages.Page(503, Pages.TEXT, String.join("", lines) + "\n");
        }
        boolean isVerbose = query.first("verbose").isPresent();
        return new Pages.Page(200, Pages.TEXT, (isVerbose ? String.join("", lines) : "") + "ok\n");
    }

    private Optional<String> failure(Check check) {
        return switch (check) {
            case DATA_CORRUPTION -> corruption();
            case SERIALIZABLE_READ -> readFailure(Consistency.SERIALIZABLE);
            case LINEARIZABLE_READ -> readFailure(Consistency.LINEARIZABLE);
            case DISK -> store.trouble();
            case NON_LEARNER -> isLearner() ? Optional.of("not supported for learner") : Optional.empty();
        };
    }

    private Optional<String> corruption() {
        if (store.isDamaged()) {
            return Optional.of("this member's database is damaged: remove the member and join it again, empty");
        }
        return store.upkeep().alarms().stream().anyMatch(alarm -> alarm.kind() == Alarm.Kind.CORRUPT)
                ? Optional.of("alarm activated: CORRUPT")
                : Optional.empty();
    }

    boolean isLearner() {
        MemberId self = store.upkeep().self();
        return store.members().all().stream().anyMatch(member -> member.id().equals(self) && member.isLearner());
    }

    private Optional<String> readFailure(Consistency consistency) {
        try {
            var ignored = store.range(ONE_KEY, consistency);
            return Optional.empty();
        } catch (StoreException e) {
            String text = Failures.answer(e).getStatus().getDescription();
            return Optional.of(text == null ? e.getClass().getSimpleName() : text);
        }
    }

    long successes() {
        return successes.sum();
    }

    long failures() {
        return failures.sum();
    }
}
