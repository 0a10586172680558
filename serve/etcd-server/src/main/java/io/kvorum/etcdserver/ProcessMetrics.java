package io.kvorum.etcdserver;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Prometheus' clients tell about any process. Stateless; any thread may call it. */
final class ProcessMetrics {
    private static final Path MEMORY = Path.of("/proc/self/statm");
    private static final int PAGE_BYTES = 4096;

    private ProcessMetrics() {}

    static void write(MetricsText text) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            text.counter(
                    "process_cpu_seconds_total",
                    "Total user and system CPU time spent in seconds.",
                    system.getProcessCpuTime() / 1e9);
            text.gauge("process_open_fds", "Number of open file descriptors.", system.getOpenFileDescriptorCount());
            text.gauge(
                    "process_max_fds", "Maximum number of open file descriptors.", system.getMaxFileDescriptorCount());
        }
        text.gauge(
                "process_start_time_seconds",
                "Start time of the process since unix epoch in seconds.",
                ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3);
        try {
            String[] pages = Files.readString(MEMORY).split(" ", 3);
            text.gauge(
                    "process_virtual_memory_bytes",
                    "Virtual memory size in bytes.",
                    Long.parseLong(pages[0]) * PAGE_BYTES);
            text.gauge(
                    "process_resident_memory_bytes",
                    "Resident memory size in bytes.",
                    Long.parseLong(pages[1]) * PAGE_BYTES);
        } catch (IOException | NumberFormatException e) {
            // Not Linux: these two are left out.
        }
    }
}
