package io.kvorum.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Logs to standard error, a line an event; set up in code, so that no file needs to be found and parsed. */
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

    private Logging() {}

    public static void start(boolean isVerbose) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{\"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\"} %-5level %logger{0}: %msg %kvp%n%ex{full}");
        encoder.start();
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
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
