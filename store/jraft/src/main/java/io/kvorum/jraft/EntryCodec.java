package io.kvorum.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.entity.LogId;
import com.alipay.sofa.jraft.entity.PeerId;
import io.kvorum.jraft.log.StoredEntry;
import io.kvorum.model.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Between the library's entries and those of the log's files. A configuration is kept as lines of text. Pure. */
final class EntryCodec {
    private static final String PEERS = "voters";
    private static final String LEARNERS = "learners";
    private static final String OLD_PEERS = "old-voters";
    private static final String OLD_LEARNERS = "old-learners";

    private EntryCodec() {}

    static StoredEntry stored(LogEntry entry) {
        LogId id = entry.getId();
        return switch (entry.getType()) {
            case ENTRY_TYPE_NO_OP ->
                new StoredEntry(id.getIndex(), id.getTerm(), StoredEntry.Kind.NO_OPERATION, Bytes.EMPTY);
            case ENTRY_TYPE_DATA ->
                new StoredEntry(id.getIndex(), id.getTerm(), StoredEntry.Kind.DATA, Bytes.copyOf(entry.getData()));
            case ENTRY_TYPE_CONFIGURATION ->
                new StoredEntry(id.getIndex(), id.getTerm(), StoredEntry.Kind.CONFIGURATION, configuration(entry));
            case ENTRY_TYPE_UNKNOWN -> throw new IllegalArgumentException("entry %s has no kind".formatted(id));
        };
    }

    private static Bytes configuration(LogEntry entry) {
        var text = new StringBuilder();
        line(text, PEERS, entry.getPeers());
        line(text, LEARNERS, entry.getLearners());
        line(text, OLD_PEERS, entry.getOldPeers());
        line(text, OLD_LEARNERS, entry.getOldLearners());
        return Bytes.utf8(text.toString());
    }

    private static void line(StringBuilder text, String name, @Nullable List<PeerId> peers) {
        if (peers != null && !peers.isEmpty()) {
            text.append(name).append('=');
            text.append(peers.stream().map(PeerId::toString).collect(Collectors.joining(",")));
            text.append('\n');
        }
    }

    static LogEntry entry(StoredEntry stored) {
        var entry = new LogEntry(
                switch (stored.kind()) {
                    case NO_OPERATION -> EntryType.ENTRY_TYPE_NO_OP;
                    case DATA -> EntryType.ENTRY_TYPE_DATA;
                    case CONFIGURATION -> EntryType.ENTRY_TYPE_CONFIGURATION;
                });
        entry.setId(new LogId(stored.index(), stored.term()));
        switch (stored.kind()) {
            case NO_OPERATION -> {}
            case DATA -> entry.setData(java.nio.ByteBuffer.wrap(stored.payload().toByteArray()));
            case CONFIGURATION -> {
                Map<String, List<PeerId>> lines = lines(stored.payload());
                entry.setPeers(lines.getOrDefault(PEERS, List.of()));
                entry.setLearners(lines.get(LEARNERS));
                entry.setOldPeers(lines.get(OLD_PEERS));
                entry.setOldLearners(lines.get(OLD_LEARNERS));
            }
        }
        return entry;
    }

    private static Map<String, List<PeerId>> lines(Bytes payload) {
        Map<String, List<PeerId>> lines = new LinkedHashMap<>();
        payload.utf8().lines().forEach(line -> {
            int equals = line.indexOf('=');
            List<PeerId> peers = new ArrayList<>();
            for (String peer : line.substring(equals + 1).split(",")) {
                peers.add(parsed(peer));
            }
            lines.put(line.substring(0, equals), peers);
        });
        return lines;
    }

    static PeerId parsed(String text) {
        var peer = new PeerId();
        if (!peer.parse(text)) {
            throw new IllegalArgumentException("'%s' names no peer".formatted(text));
        }
        return peer;
    }

    /** The members a configuration entry leaves; empty while a change is half done. */
    static Optional<Configuration> settled(LogEntry entry) {
        boolean isHalfDone = entry.getOldPeers() != null && !entry.getOldPeers().isEmpty();
        return isHalfDone
                ? Optional.empty()
                : Optional.of(new Configuration(
                        entry.getPeers(), entry.getLearners() == null ? List.of() : entry.getLearners()));
    }
}
