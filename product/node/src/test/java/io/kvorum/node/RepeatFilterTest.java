package io.kvorum.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RepeatFilterTest {
    private final AtomicLong time = new AtomicLong();
    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> said = new ListAppender<>();

    private Logger logger(String name) {
        context.addTurboFilter(new RepeatFilter("library", time::get));
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        said.start();
        root.addAppender(said);
        return context.getLogger(name);
    }

    @Test
    void aLibraryThatRepeatsItselfIsHeardOnceAMinute() {
        Logger library = logger("library.core");

        for (int quarter = 0; quarter < 8 * 60; quarter++) {
            library.error("cannot reach {}", quarter);
            time.addAndGet(Duration.ofMillis(250).toNanos());
        }

        assertThat(said.list).hasSize(2);
    }

    @Test
    void whatIsNotShownAnywayDoesNotSilenceWhatIs() {
        Logger library = logger("library.core");

        library.info("steps down");
        library.warn("steps down");

        assertThat(said.list).hasSize(1);
    }

    @Test
    void othersMayRepeatThemselves() {
        Logger ours = logger("io.kvorum");

        ours.warn("again");
        ours.warn("again");

        assertThat(said.list).hasSize(2);
    }
}
