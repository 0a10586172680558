package io.kvorum.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * Logs to standard error or a file, a line an event; set up in code, so that no configuration needs to be found and parsed.
 */
public final class Logging {
    /** Libraries that say at INFO what no operator needs. */
    private static final List<String> QUIET = List.of(
            "org.eclipse.jetty",
            "io.netty",
            "io.grpc",
            "com.alipay.sofa",
            "io.fabric8",
            "com.google",
            "software.amazon");

    private static final int OLDER_FILES = 4;
    private static final FileSize LARGEST_FILE = FileSize.valueOf("10MB");

    private Logging() {}

    public static void start(boolean isVerbose) {
        start(isVerbose, Optional.empty(), true);
    }

    /**
     * @param file to log into, which is set aside when it has grown; older ones go in the end
     * @param isOnStandardError beside the file; without one it always is
     * @throws StartFailure when the file cannot be written
     */
    public static void start(boolean isVerbose, Optional<Path> file, boolean isOnStandardError) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        if (file.isEmpty() || isOnStandardError) {
            root.addAppender(standardError(context));
        }
        file.ifPresent(path -> root.addAppender(into(path.toAbsolutePath(), context)));
        setLevels(context, root, isVerbose);
    }

    private static PatternLayoutEncoder encoder(LoggerContext context) {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{\"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\"} %-5level %logger{0}: %msg %kvp%n%ex{full}");
        encoder.start();
        return encoder;
    }

    private static ConsoleAppender<ILoggingEvent> standardError(LoggerContext context) {
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder(context));
        appender.start();
        return appender;
    }

    private static RollingFileAppender<ILoggingEvent> into(Path file, LoggerContext context) {
        refuseUnwritable(file);
        var appender = new RollingFileAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setFile(file.toString());
        appender.setEncoder(encoder(context));
        var older = new FixedWindowRollingPolicy();
        older.setContext(context);
        older.setParent(appender);
        older.setFileNamePattern(file + ".%i");
        older.setMinIndex(1);
        older.setMaxIndex(OLDER_FILES);
        older.start();
        var size = new SizeBasedTriggeringPolicy<ILoggingEvent>();
        size.setContext(context);
        size.setMaxFileSize(LARGEST_FILE);
        size.start();
        appender.setRollingPolicy(older);
        appender.setTriggeringPolicy(size);
        appender.start();
        return appender;
    }

    private static void refuseUnwritable(Path file) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, "", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new StartFailure(
                    "cannot log into %s (%s); give --log a file that can be written".formatted(file, e), e);
        }
    }

    private static void setLevels(LoggerContext context, Logger root, boolean isVerbose) {
        if (!isVerbose) {
            context.addTurboFilter(new RepeatFilter("com.alipay.sofa", System::nanoTime));
        }
        root.setLevel(isVerbose ? Level.DEBUG : Level.INFO);
        QUIET.forEach(name -> context.getLogger(name).setLevel(isVerbose ? Level.INFO : Level.WARN));
        // a stack trace a second while no server answers; the load balancer and the node say it in a line
        context.getLogger("io.fabric8.kubernetes.client.informers").setLevel(Level.ERROR);
        context.getLogger("io.netty.bootstrap").setLevel(Level.ERROR);
        context.getLogger("com.alipay.sofa.jraft.storage.snapshot").setLevel(Level.ERROR);
    }
}
