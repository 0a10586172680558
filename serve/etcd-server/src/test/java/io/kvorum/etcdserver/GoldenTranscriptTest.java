package io.kvorum.etcdserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same session with the real etcdctl against the real etcd and against ours: it must read the same. */
class GoldenTranscriptTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
    private static final Pattern LEASE_GRANTED = Pattern.compile("lease ([0-9a-f]+) granted");

    @TempDir
    private Path folder;

    @Test
    void aSessionReadsTheSameWithoutTls() {
        compare(null);
    }

    @Test
    void aSessionReadsTheSameWithTlsAndClientCertificates() {
        compare(TestKeys.in(folder.resolve("keys")));
    }

    private void compare(@Nullable TestKeys keys) {
        assumeTrue(Commands.areThere(), "etcd and etcdctl are not installed");
        try (Side debian = new Side.Debian(folder.resolve("debian"), keys);
                Side ours = new Side.Ours(folder.resolve("ours"), keys)) {
            List<String> theirs = new ArrayList<>();
            List<String> mine = new ArrayList<>();
            Thread beside = Thread.ofVirtual().start(() -> theirs.addAll(transcript(debian)));
            mine.addAll(transcript(ours));
            beside.join();
            assertThat(differences(theirs, mine)).isEmpty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static String differences(List<String> theirs, List<String> mine) {
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < mine.size(); i++) {
            if (!mine.get(i).equals(theirs.get(i))) {
                differences.add("--- etcd\n" + theirs.get(i) + "--- ours\n" + mine.get(i));
            }
        }
        return String.join("\n", differences);
    }

    /** One text a command: the command, what it printed, and its exit code. */
    static List<String> transcript(Side side) {
        return transcript(side, session());
    }

    static List<String> transcript(Side side, List<String> session) {
        Map<String, String> words = new TreeMap<>();
        List<String> transcript = new ArrayList<>();
        for (String line : session) {
            String[] parts = line.split(" << ", 2);
            String input = parts.length == 2 ? parts[1].replace("\\n", "\n") : "";
            Duration limit = LIMIT;
            List<String> arguments = new ArrayList<>();
            Matcher word = WORD.matcher(parts[0]);
            while (word.find()) {
                String text = word.group(1) == null ? word.group(2) : word.group(1);
                if (text.startsWith("@")) {
                    limit = Duration.ofSeconds(Long.parseLong(text.substring(1, text.length() - 1)));
                } else {
                    arguments.add(filled(text, words));
                }
            }
            String said = side.etcdctl(arguments, input, limit);
            Matcher granted = LEASE_GRANTED.matcher(said);
            if (granted.find()) {
                words.put("$LEASE", granted.group(1));
            }
            transcript.add("$ " + line + "\n" + normalized(said));
        }
        return transcript;
    }

    private static String filled(String text, Map<String, String> words) {
        String filled = text;
        for (Map.Entry<String, String> word : words.entrySet()) {
            filled = filled.replace(word.getKey(), word.getValue());
        }
        return filled;
    }

    static List<String> session() {
        try (InputStream in = GoldenTranscriptTest.class.getResourceAsStream("session.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What must differ: ids, times, sizes, ports, positions in the log. */
    static String normalized(String said) {
        return said.replaceAll("https?://127\\.0\\.0\\.1:\\d+", "URL")
                .replaceAll("\"(cluster_id|member_id|ID|leader|memberID|lease)\":\\d{5,}", "\"$1\":ID")
                .replaceAll("\"(cluster_id|leader|member_id|ID)\":\\d+", "\"$1\":ID")
                .replaceAll("\"(raft_?[tT]erm|raftIndex|raftAppliedIndex|dbSize|dbSizeInUse)\":\\d+", "\"$1\":N")
                .replaceAll("\"(ClusterID|MemberID|RaftTerm|Lease)\" : \\d+", "\"$1\" : N")
                .replaceAll("\"leader_info.*", "")
                .replaceAll("took = [0-9.µm]+s", "took = T")
                .replaceAll("took [0-9.µm]+s", "took T")
                .replaceAll("remaining\\(\\d+s\\)", "remaining(T)")
                .replaceAll("\"(ts|caller|target)\":\"[^\"]*\"", "\"$1\":\"\"")
                .replaceAll("(?m)^[0-9a-f]+, started, one, URL, URL, false$", "ID, started, one, URL, URL, false")
                .replaceAll("\\b[0-9a-f]{13,16}\\b", "HEX")
                .replaceAll("\"version\":\"3\\.4\\.\\d+\"", "\"version\":\"V\"");
    }
}
