package io.kvorum.node.snapshots;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does work of many seconds on a thread of its own to which the kernel prefers all others of the process. On a virtual
 * thread such work would keep one of two processors from every other request until it is done. When the others wait for
 * something that it holds, it has the processor again, so nothing is held up for good. Any thread.
 */
final class BackgroundThread {
    private static final Logger LOG = LoggerFactory.getLogger(BackgroundThread.class);
    /** Of Linux: runs when nobody else wants the processor, and whoever wakes up takes it over at once. */
    static final int SCHED_IDLE = 5;
    /** On Linux this names the calling thread, not its process. */
    private static final int SELF = 0;

    private BackgroundThread() {}

    /**
     * Waits for the work, which is interrupted when the caller is.
     *
     * @throws RuntimeException as the work throws it
     */
    static <T> T call(String name, Supplier<T> work) {
        var task = new FutureTask<T>(() -> {
            giveWay();
            return work.get();
        });
        Thread thread = Thread.ofPlatform().name(name).daemon().start(task);
        boolean isInterrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    isInterrupted = true;
                    thread.interrupt();
                }
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw new IllegalStateException(e);
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @SuppressWarnings({"restricted", "IllegalCatch"})
    private static void giveWay() {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle setScheduler = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("sched_setscheduler"),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
            MemorySegment priority = arena.allocateFrom(ValueLayout.JAVA_INT, 0);
            int _ = (int) setScheduler.invokeExact(SELF, SCHED_IDLE, priority);
        } catch (Throwable e) {
            LOG.atDebug().setCause(e).log("a thread could not be made to give way to others");
        }
    }
}
