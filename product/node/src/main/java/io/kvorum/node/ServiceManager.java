package io.kvorum.node;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how the service is: datagrams to the Unix socket it names in {@code NOTIFY_SOCKET}, for which Java has no
 * classes of its own. Without that variable nothing happens. Any thread.
 */
public final class ServiceManager {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int PATH_OFFSET = 2;
    private static final int MOST_PATH_BYTES = 107;
    private static final Linker LINKER = Linker.nativeLinker();

    private final @Nullable String socket;

    /** @param socket as in {@code NOTIFY_SOCKET}: a path, or a name behind @; null for none */
    public ServiceManager(@Nullable String socket) {
        this.socket = socket;
    }

    public static ServiceManager ofEnvironment() {
        return new ServiceManager(System.getenv("NOTIFY_SOCKET"));
    }

    /** The service works; who waits for its start may go on. */
    public void ready() {
        say("READY=1");
    }

    /** The service is on its way down. */
    public void stopping() {
        say("STOPPING=1");
    }

    /** One line for {@code systemctl status}. */
    public void status(String line) {
        say("STATUS=" + line.replace('\n', ' '));
    }

    private void say(String message) {
        if (socket == null || socket.isEmpty()) {
            return;
        }
        try {
            send(socket, message);
        } catch (Throwable e) {
            LOG.atWarn().setCause(e).addKeyValue("socket", socket).log("the service manager could not be told");
        }
    }

    private static void send(String socket, String message) throws Throwable {
        byte[] path = socket.getBytes(StandardCharsets.UTF_8);
        if (path.length > MOST_PATH_BYTES) {
            throw new IllegalArgumentException("NOTIFY_SOCKET is longer than an address may be: " + socket);
        }
        if (path[0] == '@') {
            path[0] = 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(PATH_OFFSET + path.length);
            address.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) AF_UNIX);
            MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, PATH_OFFSET, path.length);
            byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
            MemorySegment content = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            int descriptor = (int) function(
                            "socket",
                            FunctionDescriptor.of(
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT,
                                    ValueLayout.JAVA_INT))
                    .invokeExact(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
            if (descriptor < 0) {
                throw new IllegalStateException("no socket");
            }
            try {
                long sent = (long) function(
                                "sendto",
                                FunctionDescriptor.of(
                                        ValueLayout.JAVA_LONG,
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.ADDRESS,
                                        ValueLayout.JAVA_LONG,
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.ADDRESS,
                                        ValueLayout.JAVA_INT))
                        .invokeExact(descriptor, content, (long) bytes.length, 0, address, (int) address.byteSize());
                if (sent != bytes.length) {
                    throw new IllegalStateException("nobody takes messages there");
                }
            } finally {
                int _ = (int) function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT))
                        .invokeExact(descriptor);
            }
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, FunctionDescriptor type) {
        SymbolLookup libc = LINKER.defaultLookup();
        return LINKER.downcallHandle(libc.findOrThrow(name), type);
    }
}
