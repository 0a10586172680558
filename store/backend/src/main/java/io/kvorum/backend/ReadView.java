package io.kvorum.backend;

import io.kvorum.model.Bytes;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The file as it stood at one moment. Used by one thread at a time and closed soon: pages it can see are not used
 * again while it is open.
 */
public final class ReadView implements AutoCloseable {
    private final Environment environment;
    private final Consumer<ViewSlot> giveBack;
    private @Nullable ViewSlot slot;

    ReadView(Environment environment, ViewSlot slot, Consumer<ViewSlot> giveBack) {
        this.environment = environment;
        this.slot = slot;
        this.giveBack = giveBack;
    }

    public @Nullable Bytes get(String table, Bytes key) {
        return open().get(environment.table(table), key);
    }

    /** Shows the entries from the key (inclusive) on, in order, until the visitor has had enough. */
    public void scan(String table, Bytes from, Visitor visitor) {
        open().scan(environment.table(table), from, visitor);
    }

    /** Up to which entry of the log this view goes. */
    public AppliedPosition applied() {
        return Backend.appliedIn(this);
    }

    private ViewSlot open() {
        if (slot == null) {
            throw new IllegalStateException("the view is closed");
        }
        return slot;
    }

    @Override
    public void close() {
        if (slot != null) {
            giveBack.accept(slot);
            slot = null;
        }
    }

    /** Sees entries. */
    @FunctionalInterface
    public interface Visitor {
        /** @return whether to go on */
        boolean visit(Bytes key, Bytes value);
    }
}
