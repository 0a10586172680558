package io.kvorum.jraft;

import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.conf.ConfigurationEntry;
import com.alipay.sofa.jraft.conf.ConfigurationManager;
import com.alipay.sofa.jraft.entity.EnumOutter.EntryType;
import com.alipay.sofa.jraft.entity.LogEntry;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import io.kvorum.jraft.log.LogCorrupt;
import io.kvorum.jraft.log.LogSizes;
import io.kvorum.jraft.log.RoomWatch;
import io.kvorum.jraft.log.SegmentedLog;
import io.kvorum.jraft.log.StoredEntry;
import io.kvorum.raft.Durations;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log's files as the library wants them. It changes them from one thread and reads them from many; what goes wrong
 * is told to {@code failed} with its text, since the library itself passes on a code only.
 */
final class LogFiles implements LogStorage {
    private static final Logger LOG = LoggerFactory.getLogger(LogFiles.class);
    /** As etcd has it; elections begin after less. */
    private static final Duration SLOW = Duration.ofSeconds(1);

    private final Path folder;
    private final MembershipHistory memberships;
    private final Runnable membersSeen;
    private final Consumer<RuntimeException> failed;
    private final RoomWatch watch;
    private final List<StoredEntry> recovered = new ArrayList<>();
    private final Durations syncs = Durations.ofDisk();
    private @Nullable SegmentedLog log;

    /**
     * @param membersSeen is called when an entry that changes the members was written
     */
    LogFiles(
            Path folder,
            MembershipHistory memberships,
            Runnable membersSeen,
            Consumer<RuntimeException> failed,
            RoomWatch watch) {
        this.watch = watch;
        this.folder = folder;
        this.memberships = memberships;
        this.membersSeen = membersSeen;
        this.failed = failed;
    }

    /** Reads the files; before the library starts, since who this member is may stand in them. */
    void open() {
        log = SegmentedLog.open(
                folder,
                LogSizes.DEFAULT,
                found -> {
                    recovered.add(found);
                    note(EntryCodec.entry(found));
                },
                watch);
    }

    @Override
    public boolean init(LogStorageOptions options) {
        recovered.forEach(found -> handOver(found, options.getConfigurationManager()));
        recovered.clear();
        return true;
    }

    private static void handOver(StoredEntry found, ConfigurationManager configurations) {
        LogEntry entry = EntryCodec.entry(found);
        var configuration = new ConfigurationEntry();
        configuration.setId(entry.getId());
        configuration.setConf(new Configuration(entry.getPeers(), entry.getLearners()));
        if (entry.getOldPeers() != null) {
            configuration.setOldConf(new Configuration(entry.getOldPeers(), entry.getOldLearners()));
        }
        configurations.add(configuration);
    }

    private void note(LogEntry entry) {
        EntryCodec.settled(entry).ifPresent(c -> memberships.note(entry.getId().getIndex(), c));
    }

    private SegmentedLog log() {
        if (log == null) {
            throw new IllegalStateException("the log in %s is not open".formatted(folder));
        }
        return log;
    }

    @Override
    public void shutdown() {
        if (log != null) {
            log.close();
        }
    }

    @Override
    public long getFirstLogIndex() {
        return log().firstIndex();
    }

    @Override
    public long getLastLogIndex() {
        return log().lastIndex();
    }

    @Override
    public @Nullable LogEntry getEntry(long index) {
        try {
            StoredEntry entry = log().entry(index);
            return entry == null ? null : EntryCodec.entry(entry);
        } catch (LogCorrupt | UncheckedIOException e) {
            failed.accept(e);
            throw e;
        }
    }

    @Override
    @SuppressWarnings("deprecation")
    public long getTerm(long index) {
        return log().term(index);
    }

    @Override
    public boolean appendEntry(LogEntry entry) {
        return appendEntries(List.of(entry)) == 1;
    }

    @Override
    public int appendEntries(List<LogEntry> entries) {
        List<StoredEntry> batch = new ArrayList<>(entries.size());
        for (LogEntry entry : entries) {
            batch.add(EntryCodec.stored(entry));
            if (entry.getType() == EntryType.ENTRY_TYPE_CONFIGURATION) {
                note(entry);
            }
        }
        boolean isWritten = changed(() -> append(batch));
        if (batch.stream().anyMatch(entry -> entry.kind() == StoredEntry.Kind.CONFIGURATION)) {
            membersSeen.run();
        }
        return isWritten ? batch.size() : 0;
    }

    private void append(List<StoredEntry> batch) {
        long begun = System.nanoTime();
        log().append(batch);
        long took = System.nanoTime() - begun;
        syncs.note(took);
        if (took > SLOW.toNanos()) {
            LOG.atWarn()
                    .addKeyValue("took", Duration.ofNanos(took))
                    .addKeyValue("entries", batch.size())
                    .log("the log's disk is slow");
        }
    }

    Durations syncs() {
        return syncs;
    }

    @Override
    public boolean truncatePrefix(long firstIndexKept) {
        memberships.forgetBefore(firstIndexKept);
        return changed(() -> log().truncatePrefix(firstIndexKept));
    }

    @Override
    public boolean truncateSuffix(long lastIndexKept) {
        memberships.forgetAfter(lastIndexKept);
        return changed(() -> log().truncateSuffix(lastIndexKept));
    }

    @Override
    public boolean reset(long nextLogIndex) {
        memberships.forgetAfter(nextLogIndex - 1);
        return changed(() -> log().reset(nextLogIndex));
    }

    private boolean changed(Runnable change) {
        try {
            change.run();
            return true;
        } catch (UncheckedIOException e) {
            failed.accept(e);
            return false;
        }
    }
}
