package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServiceManagerTest {
    private static final String LISTENER = """
            import socket, sys
            name = sys.argv[1]
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind("\\0" + name[1:] if name[0] == "@" else name)
            s.settimeout(20)
            print("listening", flush=True)
            for i in range(3):
                print(s.recv(4096).decode(), flush=True)
            """;

    @TempDir
    private Path folder;

    /** Python stands in for systemd: Java cannot receive such datagrams. */
    private void hears(String socket) throws Exception {
        Path script = Files.writeString(folder.resolve("listen.py"), LISTENER);
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "python3 is not installed");
        Process listener = new ProcessBuilder("/usr/bin/python3", script.toString(), socket)
                .redirectErrorStream(true)
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(listener.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("listening");
            var manager = new ServiceManager(socket);
            manager.status("the store\nis open");
            manager.ready();
            manager.stopping();
            assertThat(lines.lines()).containsExactly("STATUS=the store is open", "READY=1", "STOPPING=1");
        } finally {
            listener.destroyForcibly();
        }
    }

    @Test
    void systemdHearsThroughAPath() throws Exception {
        hears(folder.resolve("notify").toString());
    }

    @Test
    void systemdHearsThroughAnAbstractName() throws Exception {
        hears("@kvorum-test-" + ProcessHandle.current().pid());
    }

    @Test
    void withoutAServiceManagerNothingHappens() {
        new ServiceManager(null).ready();
        assertThat(folder).isEmptyDirectory();
    }
}
