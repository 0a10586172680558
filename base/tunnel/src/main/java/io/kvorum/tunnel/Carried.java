package io.kvorum.tunnel;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection in a tunnel, of which a socket is this side's end. Two threads of its own move the bytes; the tunnel's reader
 * brings those of the other side, and never waits here: who sends too fast is asked to pause, and cut off if he does not.
 */
final class Carried {
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int MANY_BYTES = 256 * 1024;
    private static final int FEW_BYTES = 64 * 1024;
    /** All that two sockets' buffers and a queue may hold when the other side hears that it is to pause. */
    private static final int TOO_MANY_BYTES = 64 * MANY_BYTES;

    private static final Duration LOOK = Duration.ofSeconds(1);
    /** Among what was received: that it is all. */
    private static final byte[] NOTHING_MORE = new byte[0];

    /** Gives this side's end; may take a while. */
    interface Opening {
        Socket open() throws IOException;
    }

    private final Tunnel tunnel;
    private final long id;
    private final Opening opening;
    private final long begun = System.nanoTime();
    /** Bounded by what {@link #take} lets in. */
    private final LinkedBlockingQueue<byte[]> received = new LinkedBlockingQueue<>();

    private final AtomicInteger receivedBytes = new AtomicInteger();
    private final AtomicBoolean askedToPause = new AtomicBoolean();
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition resumed = lock.newCondition();
    private boolean isPaused;
    private volatile @Nullable Socket socket;

    Carried(Tunnel tunnel, long id, Opening opening) {
        this.tunnel = tunnel;
        this.id = id;
        this.opening = opening;
    }

    void start() {
        Thread.ofVirtual().name("tunnel-in-", id).start(this::deliver);
    }

    private void deliver() {
        try {
            Socket end = opening.open();
            socket = end;
            if (isOver.get()) {
                end.close();
                return;
            }
            Thread.ofVirtual().name("tunnel-out-", id).start(() -> send(end));
            OutputStream out = end.getOutputStream();
            for (byte[] next = received.take(); next.length > 0; next = received.take()) {
                out.write(next);
                if (receivedBytes.addAndGet(-next.length) < FEW_BYTES && askedToPause.compareAndSet(true, false)) {
                    tunnel.sendAside(new Message(Message.RESUME, id, NOTHING_MORE));
                }
            }
            close();
        } catch (IOException e) {
            end(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(Message.END);
        }
    }

    private void send(Socket end) {
        try {
            InputStream in = end.getInputStream();
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                awaitResumption();
                tunnel.send(new Message(Message.DATA, id, Arrays.copyOf(buffer, count)));
            }
            end(Message.END);
        } catch (IOException e) {
            end(isOver.get() ? Message.END : String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(Message.END);
        }
    }

    private void awaitResumption() throws InterruptedException {
        lock.lock();
        try {
            while (isPaused && !isOver.get()) {
                resumed.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of the other side. */
    void take(byte[] bytes) {
        if (bytes.length == 0 || isOver.get()) {
            return;
        }
        received.add(bytes);
        int waiting = receivedBytes.addAndGet(bytes.length);
        if (waiting > TOO_MANY_BYTES) {
            sendEnd("%d bytes wait and more came in spite of a pause".formatted(waiting), true);
        } else if (waiting > MANY_BYTES && askedToPause.compareAndSet(false, true)) {
            tunnel.sendAside(new Message(Message.PAUSE, id, NOTHING_MORE));
        }
    }

    void pause(boolean isWanted) {
        lock.lock();
        try {
            isPaused = isWanted;
            resumed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The other side has no more, and hears no more; what it sent before is still delivered. */
    void finish() {
        isOver.set(true);
        received.add(NOTHING_MORE);
    }

    boolean isOlderThan(Duration age) {
        return System.nanoTime() - begun > age.toNanos();
    }

    /** This side has no more, or cannot go on; what it had is sent before. */
    private void end(String reason) {
        sendEnd(reason, false);
    }

    private void sendEnd(String reason, boolean isAside) {
        if (isOver.compareAndSet(false, true)) {
            Message message = Message.of(Message.ERROR, id, reason);
            if (isAside) {
                tunnel.sendAside(message);
            } else {
                tunnel.send(message);
            }
        }
        close();
    }

    /** At once; the other side is not told. */
    void close() {
        isOver.set(true);
        received.add(NOTHING_MORE);
        tunnel.forget(id);
        Socket end = socket;
        if (end != null) {
            try {
                end.close();
            } catch (IOException alreadyGone) {
                // nothing more can be lost with it
            }
        }
    }
}
