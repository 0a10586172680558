package io.kvorum.etcdctl;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Plays steps with one of the two command lines against servers of its own and keeps what was said. */
final class Player {
    private static final Pattern LEASE = Pattern.compile("lease ([0-9a-f]{16}) granted");

    private final RealEtcd etcd;
    private final boolean real;
    private final List<String> always;
    private String lease = "0";
    private final List<String> ids = new ArrayList<>();

    Player(RealEtcd etcd, boolean real, List<String> always) {
        this.etcd = etcd;
        this.real = real;
        this.always = always;
    }

    /** A step is words apart by blanks; '' is the empty word; what follows "<<<" is standard input. */
    String play(String step) throws Exception {
        String[] parts = step.split(" <<< ", 2);
        List<String> arguments = new ArrayList<>(always);
        for (String word : parts[0].split(" ")) {
            arguments.add(place(word));
        }
        String input = parts.length == 2 ? place(parts[1]) : "";
        boolean endless =
                Arrays.asList("watch", "elect").contains(parts[0].split(" ")[0]) || step.startsWith("lock endless");
        String said = real ? playReal(arguments, input, endless) : playOurs(arguments, input, endless);
        Matcher granted = LEASE.matcher(said);
        if (granted.find()) {
            lease = granted.group(1);
        }
        Matcher listed =
                Pattern.compile("(?m)^([0-9a-f]{8,16}), (?:un)?started").matcher(said);
        if (listed.find()) {
            ids.clear();
            do {
                ids.add(listed.group(1));
            } while (listed.find());
        }
        return normal(said);
    }

    private String place(String word) {
        String placed = word.equals("''") ? "" : word;
        placed =
                placed.replace("$LEASE", lease).replace("$FOLDER", etcd.folder().toString());
        placed = placed.replace("$FIRST", etcd.endpoint(0)).replace("$ALL", etcd.endpoints());
        for (int i = 0; i < ids.size(); i++) {
            placed = placed.replace("$ID" + i, ids.get(i));
        }
        return placed;
    }

    private String normal(String said) {
        String text = etcd.withoutPorts(said)
                .replace(etcd.folder().toString(), "FOLDER")
                .replaceAll("(?m)^\\{\"level\".*\\n", "")
                .replaceAll(" ?\\b(?=[0-9a-f]*[a-f])[0-9a-f]{14,16}\\b", "HEX")
                .replaceAll("\\b[0-9]{16,20}\\b", "NUMBER")
                .replaceAll("\\b[0-9]+(\\.[0-9]+)?(s|ms|µs)(?=[\\s\",|])", "TOOK")
                .replaceAll("(raft_term|raftTerm|raftIndex|raftAppliedIndex|dbSize|dbSizeInUse)\":[0-9]+", "$1\":N")
                .replaceAll("\"(RaftTerm|RaftIndex|RaftAppliedIndex|DBSize)\" : [0-9]+", "\"$1\" : N")
                .replaceAll("(?s)(Error: [^\\n]*)\\nNAME:.*(-> )", "$1\n$2")
                .replaceAll("(?m), [0-9]+ [kMG]?B, (true|false), (true|false), [0-9]+, [0-9]+, [0-9]+, $", ", SIZES")
                .replaceAll("-{2,}", "--");
        // the width of a column depends on what stands in it
        return Pattern.compile("(?m)^\\|.*$")
                .matcher(text)
                .replaceAll(row -> row.group().replace(" ", ""));
    }

    private String playReal(List<String> arguments, String input, boolean endless) throws Exception {
        List<String> command = new ArrayList<>(List.of(RealEtcd.CLIENT.toString()));
        command.addAll(arguments);
        Path said = Files.createTempFile(etcd.folder(), "said", ".txt");
        Path given = Files.writeString(Files.createTempFile(etcd.folder(), "given", ".txt"), input);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(given.toFile())
                .redirectOutput(said.toFile());
        builder.environment().put("ETCDCTL_API", "3");
        Process process = builder.start();
        boolean ended = process.waitFor(endless ? 1500 : 90_000, TimeUnit.MILLISECONDS);
        process.destroy();
        process.waitFor();
        return new String(Files.readAllBytes(said), UTF_8) + "-> " + (ended ? process.exitValue() : "still running");
    }

    private static String playOurs(List<String> arguments, String input, boolean endless) throws Exception {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(said, true, UTF_8);
        AtomicInteger exitCode = new AtomicInteger(-1);
        Thread worker = Thread.ofPlatform()
                .start(() -> exitCode.set(Etcdctl.run(
                        arguments.toArray(String[]::new),
                        Map.of(),
                        new ByteArrayInputStream(input.getBytes(UTF_8)),
                        out,
                        out)));
        worker.join(endless ? 1500 : 90_000);
        boolean ended = !worker.isAlive();
        worker.interrupt();
        worker.join(10_000);
        return said.toString(UTF_8) + "-> " + (ended ? exitCode.get() : "still running");
    }
}
