package io.kvorum.network.dns;

import io.kvorum.network.dns.ZoneAnswer.Alias;
import io.kvorum.network.dns.ZoneAnswer.Found;
import io.kvorum.network.dns.ZoneAnswer.NoData;
import io.kvorum.network.dns.ZoneAnswer.NoName;
import io.kvorum.network.dns.ZoneAnswer.NotOurs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** From a query's bytes to the answer's: the cluster's names here, all others by {@link Forwarder}. Any thread; may wait. */
final class Responder {
    /** Whether an answer may be of any size. */
    enum Transport {
        UDP,
        TCP
    }

    private static final int PLAIN_UDP_BYTES = 512;
    private static final int LARGEST_UDP_BYTES = 4096;
    private static final int OUR_UDP_BYTES = 1232;
    private static final int LARGEST_BYTES = 65_535;
    private static final int HEADER_BYTES = 12;
    private static final int LONGEST_CHAIN = 8;

    private final ClusterZone zone;
    private final Forwarder forwarder;
    private final RandomGenerator chance;

    Responder(ClusterZone zone, Forwarder forwarder, RandomGenerator chance) {
        this.zone = zone;
        this.forwarder = forwarder;
        this.chance = chance;
    }

    /** Empty for what deserves no answer. */
    Optional<byte[]> respond(byte[] bytes, Transport transport) {
        Message query;
        try {
            query = new Message(bytes);
        } catch (IOException garbled) {
            return garbled(bytes);
        }
        if (query.getHeader().getFlag(Flags.QR)) {
            return Optional.empty();
        }
        int refusal = refusal(query);
        Message answer = refusal == Rcode.NOERROR ? answer(query, transport) : reply(query, refusal);
        return Optional.of(answer.toWire(limit(query, transport)));
    }

    private static Optional<byte[]> garbled(byte[] bytes) {
        if (bytes.length < HEADER_BYTES || (bytes[2] & 0x80) != 0) {
            return Optional.empty();
        }
        Header header = new Header(((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff));
        header.setFlag(Flags.QR);
        header.setRcode(Rcode.FORMERR);
        return Optional.of(header.toWire());
    }

    private static int refusal(Message query) {
        if (query.getHeader().getOpcode() != Opcode.QUERY) {
            return Rcode.NOTIMP;
        }
        if (query.getQuestion() == null || query.getHeader().getCount(Section.QUESTION) != 1) {
            return Rcode.FORMERR;
        }
        if (query.getOPT() != null && query.getOPT().getVersion() > 0) {
            return Rcode.BADVERS;
        }
        int type = query.getQuestion().getType();
        boolean usual = query.getQuestion().getDClass() == DClass.IN && type != Type.AXFR && type != Type.IXFR;
        return usual ? Rcode.NOERROR : Rcode.REFUSED;
    }

    private static int limit(Message query, Transport transport) {
        if (transport == Transport.TCP) {
            return LARGEST_BYTES;
        }
        OPTRecord options = query.getOPT();
        return options == null
                ? PLAIN_UDP_BYTES
                : Math.clamp(options.getPayloadSize(), PLAIN_UDP_BYTES, LARGEST_UDP_BYTES);
    }

    private Message answer(Message query, Transport transport) {
        Record question = query.getQuestion();
        return switch (zone.answer(question.getName(), question.getType())) {
            case NotOurs _ -> forwarder.forward(query, transport).orElseGet(() -> reply(query, Rcode.SERVFAIL));
            case NoName _ -> denied(query, Rcode.NXDOMAIN, question.getName());
            case NoData _ -> denied(query, Rcode.NOERROR, question.getName());
            case Alias alias -> followed(query, alias.target(), transport);
            case Found found -> found(query, found);
        };
    }

    private Message found(Message query, Found found) {
        Message reply = ours(query, Rcode.NOERROR);
        shuffled(found.records()).forEach(each -> reply.addRecord(each, Section.ANSWER));
        found.additional().forEach(each -> reply.addRecord(each, Section.ADDITIONAL));
        return withOptions(query, reply);
    }

    /** Clients take the first address; so no one is always first. */
    private List<Record> shuffled(List<Record> records) {
        List<Record> shuffled = new ArrayList<>(records);
        Collections.rotate(shuffled, chance.nextInt(Math.max(1, shuffled.size())));
        return shuffled;
    }

    private Message denied(Message query, int code, Name name) {
        Message reply = ours(query, code);
        reply.addRecord(zone.authority(name), Section.AUTHORITY);
        return withOptions(query, reply);
    }

    /** Stub resolvers do not follow aliases themselves. */
    private Message followed(Message query, Name first, Transport transport) {
        Record question = query.getQuestion();
        Message reply = ours(query, Rcode.NOERROR);
        Name owner = question.getName();
        Name target = first;
        for (int step = 0; step < LONGEST_CHAIN; step++) {
            reply.addRecord(new CNAMERecord(owner, DClass.IN, ClusterZone.TTL_SECONDS, target), Section.ANSWER);
            if (question.getType() == Type.CNAME) {
                break;
            }
            ZoneAnswer next = zone.answer(target, question.getType());
            if (next instanceof Alias alias) {
                owner = target;
                target = alias.target();
                continue;
            }
            if (next instanceof Found found) {
                shuffled(found.records()).forEach(each -> reply.addRecord(each, Section.ANSWER));
            } else if (next instanceof NotOurs) {
                addForeign(query, target, reply, transport);
            } else if (next instanceof NoName) {
                reply.getHeader().setRcode(Rcode.NXDOMAIN);
            }
            break;
        }
        return withOptions(query, reply);
    }

    private void addForeign(Message query, Name target, Message reply, Transport transport) {
        Message onward = new Message();
        onward.getHeader().setFlag(Flags.RD);
        onward.addRecord(Record.newRecord(target, query.getQuestion().getType(), DClass.IN), Section.QUESTION);
        Optional<Message> answer = forwarder.forward(onward, transport);
        if (answer.isEmpty()) {
            reply.getHeader().setRcode(Rcode.SERVFAIL);
            return;
        }
        reply.getHeader().setRcode(answer.get().getHeader().getRcode());
        answer.get().getSection(Section.ANSWER).forEach(each -> reply.addRecord(each, Section.ANSWER));
    }

    private static Message ours(Message query, int code) {
        Message reply = bare(query, code);
        reply.getHeader().setFlag(Flags.AA);
        return reply;
    }

    private static Message reply(Message query, int code) {
        return withOptions(query, bare(query, code));
    }

    private static Message bare(Message query, int code) {
        Message reply = new Message(query.getHeader().getID());
        Header header = reply.getHeader();
        header.setOpcode(query.getHeader().getOpcode());
        header.setFlag(Flags.QR);
        header.setFlag(Flags.RA);
        if (query.getHeader().getFlag(Flags.RD)) {
            header.setFlag(Flags.RD);
        }
        header.setRcode(code & 0xf);
        if (query.getQuestion() != null) {
            reply.addRecord(query.getQuestion(), Section.QUESTION);
        }
        if (code > 0xf) {
            reply.addRecord(new OPTRecord(OUR_UDP_BYTES, code >> 4, 0), Section.ADDITIONAL);
        }
        return reply;
    }

    private static Message withOptions(Message query, Message reply) {
        if (query.getOPT() != null && reply.getOPT() == null) {
            reply.addRecord(new OPTRecord(OUR_UDP_BYTES, 0, 0), Section.ADDITIONAL);
        }
        return reply;
    }
}
