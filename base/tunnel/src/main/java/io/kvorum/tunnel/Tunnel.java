package io.kvorum.tunnel;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many connections over one. Whoever opened the wire dials for the other side what it is asked to; the other side carries its
 * sockets through. The thread that calls {@link #serve} reads; any thread may call the rest.
 */
public final class Tunnel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Tunnel.class);
    private static final Duration PING = Duration.ofSeconds(15);
    /** K3s's agents send a ping every 5 s. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private static final Duration SEND_LIMIT = Duration.ofSeconds(30);
    /** Who fills it with data waits, and gives the wire up when nothing moves for {@link #SEND_LIMIT}. */
    private static final int QUEUED = 16;
    /** What is said in between overtakes data and never waits, since the reader says it; too much of it ends the wire. */
    private static final int ASIDES = 1024;

    private static final byte[] NOTHING = new byte[0];

    /** Connects to what the other side asks for. */
    public interface Dialler {
        /**
         * @param address such as {@code 127.0.0.1:10250}
         * @throws IOException also when nobody may ask for it
         */
        Socket dial(String protocol, String address) throws IOException;
    }

    private final Wire wire;
    private final Dialler dialler;
    private final RandomGenerator chance;
    private final Map<Long, Carried> connections = new ConcurrentHashMap<>();
    private final BlockingQueue<Frame> data = new ArrayBlockingQueue<>(QUEUED);
    private final BlockingQueue<Frame> asides = new ArrayBlockingQueue<>(ASIDES);
    /** How many frames there are in both. */
    private final Semaphore queued = new Semaphore(0);

    private final AtomicLong nextConnection = new AtomicLong(1);
    private final AtomicLong nextMessage = new AtomicLong(1);
    private volatile long heardAt = System.nanoTime();
    private volatile boolean isClosed;

    /** @param chance for masks, used by one thread */
    public Tunnel(Wire wire, Dialler dialler, RandomGenerator chance) {
        this.wire = wire;
        this.dialler = dialler;
        this.chance = chance;
    }

    /** Of a side that never dials for the other one. */
    public static Dialler nobody() {
        return (protocol, address) -> {
            throw new IOException("connect not allowed");
        };
    }

    /** Returns when the wire has ended, by whomever. */
    public void serve() {
        Thread writer = Thread.ofVirtual().name("tunnel-writer").start(this::write);
        Thread keeper = Thread.ofVirtual().name("tunnel-keeper").start(this::keep);
        try {
            read(new DataInputStream(wire.in()));
        } catch (IOException e) {
            if (!isClosed) {
                LOG.atDebug().addKeyValue("reason", e.getMessage()).log("a tunnel ended");
            }
        } finally {
            close();
            writer.interrupt();
            keeper.interrupt();
        }
    }

    private void read(DataInputStream in) throws IOException {
        var message = new ByteArrayOutputStream();
        while (!isClosed) {
            Frame frame = Frame.read(in);
            heardAt = System.nanoTime();
            switch (frame.kind()) {
                case Frame.PING -> putAside(new Frame(Frame.PONG, true, frame.payload()));
                case Frame.PONG -> {}
                case Frame.CLOSE -> {
                    return;
                }
                case Frame.BINARY, Frame.CONTINUATION -> {
                    message.writeBytes(frame.payload());
                    if (message.size() > Frame.MAX_BYTES) {
                        throw new IOException("a message of more than %d bytes".formatted(Frame.MAX_BYTES));
                    }
                    if (frame.isLast()) {
                        receive(Message.decode(message.toByteArray()));
                        message.reset();
                    }
                }
                default -> throw new IOException("a frame of kind " + frame.kind());
            }
        }
    }

    private void receive(Message message) throws IOException {
        Carried connection = connections.get(message.connection());
        switch (message.kind()) {
            case Message.CONNECT -> dial(message);
            case Message.CONNECTIONS -> {
                var theirs = new TreeSet<>(message.listed());
                // the other side may not have heard yet of a new one
                connections.forEach((id, each) -> {
                    if (!theirs.contains(id) && each.isOlderThan(SILENCE)) {
                        each.close();
                    }
                });
            }
            case Message.DATA -> {
                if (connection == null) {
                    sendAside(Message.of(Message.ERROR, message.connection(), "connection not found"));
                } else {
                    connection.take(message.body());
                }
            }
            case Message.ERROR -> {
                if (connection != null) {
                    connection.finish();
                }
            }
            case Message.PAUSE, Message.RESUME -> {
                if (connection != null) {
                    connection.pause(message.kind() == Message.PAUSE);
                }
            }
            default -> {
                // of servers that know each other's agents, which these do not
            }
        }
    }

    private void dial(Message message) throws IOException {
        String[] words = message.text().split("/", 2);
        if (!wire.isOpener() || words.length < 2) {
            throw new IOException("asked to connect to \"%s\"".formatted(message.text()));
        }
        add(message.connection(), () -> dialler.dial(words[0], words[1]));
    }

    private void add(long id, Carried.Opening opening) {
        var connection = new Carried(this, id, opening);
        connections.put(id, connection);
        connection.start();
        if (isClosed) {
            connection.close();
        }
    }

    /**
     * Makes the socket one end of a connection whose other end the other side dials. Returns at once; the tunnel closes the
     * socket.
     */
    public void carry(Socket socket, String protocol, String address) {
        long id = nextConnection.incrementAndGet();
        send(Message.of(Message.CONNECT, id, protocol + "/" + address));
        add(id, () -> socket);
    }

    void forget(long id) {
        connections.remove(id);
    }

    /** In order; waits while much is to be sent. */
    void send(Message message) {
        try {
            if (isClosed) {
                return;
            }
            if (data.offer(frame(message), SEND_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                queued.release();
            } else {
                close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
        }
    }

    /** May overtake what was sent before. */
    void sendAside(Message message) {
        putAside(frame(message));
    }

    private Frame frame(Message message) {
        return new Frame(Frame.BINARY, true, message.encode(nextMessage.incrementAndGet()));
    }

    private void putAside(Frame frame) {
        if (asides.offer(frame)) {
            queued.release();
        } else {
            close();
        }
    }

    private void write() {
        byte[] mask = new byte[4];
        try {
            while (!isClosed) {
                queued.acquire();
                Frame aside = asides.poll();
                Frame frame = aside == null ? data.remove() : aside;
                if (wire.isOpener()) {
                    chance.nextBytes(mask);
                }
                wire.out().write(frame.encode(wire.isOpener() ? mask : null));
                if (queued.availablePermits() == 0) {
                    wire.out().flush();
                }
            }
        } catch (IOException e) {
            close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A wire may be dead for hours before a write shows it. */
    private void keep() {
        try {
            while (!isClosed) {
                TimeUnit.NANOSECONDS.sleep(PING.toNanos());
                if (System.nanoTime() - heardAt > SILENCE.toNanos()) {
                    LOG.atInfo().addKeyValue("silentFor", SILENCE).log("a tunnel is silent and is given up");
                    close();
                } else if (wire.isOpener()) {
                    putAside(new Frame(Frame.PING, true, NOTHING));
                    sendAside(Message.connections(new TreeSet<>(connections.keySet())));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            wire.closing().close();
        } catch (IOException alreadyGone) {
            // nothing more can be lost with it
        }
        connections.values().forEach(Carried::close);
    }
}
