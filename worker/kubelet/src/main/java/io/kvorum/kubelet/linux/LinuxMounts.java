package io.kvorum.kubelet.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** {@link Mounts} by mount(2) and umount2(2). Any thread. */
public final class LinuxMounts implements Mounts {
    private static final int MNT_DETACH = 2;
    private static final int EINVAL = 22;
    private static final int ENOENT = 2;
    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private final MethodHandle mount;
    private final MethodHandle umount;

    @SuppressWarnings("restricted")
    public LinuxMounts() {
        Linker linker = Linker.nativeLinker();
        Linker.Option errno = Linker.Option.captureCallState("errno");
        mount = linker.downcallHandle(
                linker.defaultLookup().find("mount").orElseThrow(),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS),
                errno);
        umount = linker.downcallHandle(
                linker.defaultLookup().find("umount2").orElseThrow(),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                errno);
    }

    @Override
    public void mountTmpfs(Path target, long sizeBytes) {
        String options = sizeBytes > 0 ? "mode=0777,size=" + sizeBytes : "mode=0777";
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            MemorySegment kind = arena.allocateFrom("tmpfs");
            int result = (int) mount.invokeExact(
                    state, kind, arena.allocateFrom(target.toString()), kind, 0L, arena.allocateFrom(options));
            if (result != 0) {
                throw new MountFailed("mounting a tmpfs", target, (int) ERRNO.get(state, 0L));
            }
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public boolean isMounted(Path target) {
        String wanted = " " + target + " ";
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return lines.anyMatch(line -> line.contains(wanted));
        } catch (IOException failure) {
            throw new UncheckedIOException("the mounts of this process cannot be read", failure);
        }
    }

    @Override
    public void unmount(Path target) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(CALL_STATE);
            int result = (int) umount.invokeExact(state, arena.allocateFrom(target.toString()), MNT_DETACH);
            if (result != 0) {
                int errno = (int) ERRNO.get(state, 0L);
                if (errno != EINVAL && errno != ENOENT) {
                    throw new MountFailed("unmounting", target, errno);
                }
            }
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
