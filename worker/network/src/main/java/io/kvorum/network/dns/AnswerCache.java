package io.kvorum.network.dns;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Answers from outside, for at most half a minute; the least used goes when it is full. Any thread. */
final class AnswerCache {
    private static final int MOST_ANSWERS = 1024;
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** Names compare without regard to case; {@code secure} asks for signatures, {@code unchecked} for no check of them. */
    private record Question(Name name, int type, boolean secure, boolean unchecked) {
        static Question of(Message query) {
            Record question = query.getQuestion();
            boolean secure = query.getOPT() != null && query.getOPT().getFlags() != 0;
            return new Question(
                    question.getName(),
                    question.getType(),
                    secure,
                    query.getHeader().getFlag(Flags.CD));
        }
    }

    private record Kept(Message answer, Instant since, Instant until) {}

    private final InstantSource clock;
    private final Map<Question, Kept> answers = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.@Nullable Entry<Question, Kept> eldest) {
            return size() > MOST_ANSWERS;
        }
    };

    AnswerCache(InstantSource clock) {
        this.clock = clock;
    }

    Optional<Message> find(Message query) {
        Question question = Question.of(query);
        Instant now = clock.instant();
        Kept kept;
        synchronized (answers) {
            kept = answers.get(question);
            if (kept == null) {
                return Optional.empty();
            }
            if (!now.isBefore(kept.until()) || now.isBefore(kept.since())) {
                answers.remove(question);
                return Optional.empty();
            }
        }
        return Optional.of(aged(kept, query, Duration.between(kept.since(), now).toSeconds()));
    }

    void keep(Message query, Message answer) {
        boolean whole = !answer.getHeader().getFlag(Flags.TC);
        boolean certain = answer.getRcode() == Rcode.NOERROR || answer.getRcode() == Rcode.NXDOMAIN;
        long seconds = lifeSeconds(answer);
        if (whole && certain && seconds > 0) {
            Instant now = clock.instant();
            synchronized (answers) {
                answers.put(Question.of(query), new Kept(answer, now, now.plusSeconds(seconds)));
            }
        }
    }

    /** The shortest life of any record; a denial lives as its zone says, and one without a word of it not at all. */
    private static long lifeSeconds(Message answer) {
        long shortest = LONGEST.toSeconds();
        for (int section : new int[] {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL}) {
            for (Record each : answer.getSection(section)) {
                if (each.getType() != Type.OPT) {
                    shortest = Math.min(shortest, each.getTTL());
                }
                if (each instanceof SOARecord zone) {
                    shortest = Math.min(shortest, zone.getMinimum());
                }
            }
        }
        boolean isDenial = answer.getSection(Section.ANSWER).isEmpty();
        boolean hasZone = answer.getSection(Section.AUTHORITY).stream().anyMatch(each -> each.getType() == Type.SOA);
        return isDenial && !hasZone ? 0 : shortest;
    }

    private static Message aged(Kept kept, Message query, long seconds) {
        Message aged = new Message(query.getHeader().getID());
        copyFlags(kept.answer().getHeader(), aged.getHeader());
        aged.addRecord(query.getQuestion(), Section.QUESTION);
        for (int section : new int[] {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL}) {
            for (Record each : kept.answer().getSection(section)) {
                aged.addRecord(each.getType() == Type.OPT ? each : older(each, seconds), section);
            }
        }
        return aged;
    }

    private static void copyFlags(Header from, Header to) {
        for (int flag : new int[] {Flags.QR, Flags.AA, Flags.RD, Flags.RA, Flags.AD, Flags.CD}) {
            if (from.getFlag(flag)) {
                to.setFlag(flag);
            }
        }
        to.setRcode(from.getRcode());
    }

    private static Record older(Record each, long seconds) {
        return Record.newRecord(
                each.getName(),
                each.getType(),
                each.getDClass(),
                Math.max(0, each.getTTL() - seconds),
                each.rdataToWireCanonical());
    }
}
