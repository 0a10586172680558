package io.kvorum.engine;

import io.kvorum.backend.ReadView;
import io.kvorum.model.Bytes;
import io.kvorum.mvcc.Changes;
import io.kvorum.mvcc.StoredState;
import io.kvorum.mvcc.Table;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The machine's look at its state: what is not yet in the file, then the file, of which a view is opened only once it is
 * needed. Used by one thread and closed soon.
 */
final class LayeredState implements StoredState, AutoCloseable {
    private final Layers layers;
    private final Supplier<ReadView> file;
    private @Nullable ReadView view;

    LayeredState(Layers layers, Supplier<ReadView> file) {
        this.layers = layers;
        this.file = file;
    }

    private ReadView view() {
        ReadView opened = view;
        if (opened == null) {
            opened = file.get();
            view = opened;
        }
        return opened;
    }

    @Override
    public @Nullable Bytes read(Table table, Bytes key) {
        Changes.Change found = layers.find(table, key);
        return found != null ? found.value() : view().get(table.text(), key);
    }

    @Override
    public void scan(Table table, Bytes from, Visitor visitor) {
        Merge merge = new Merge(layers.from(table, from), visitor);
        view().scan(table.text(), from, merge::visit);
        merge.finish();
    }

    /** Lets the layers' entries in where they belong among those of the file, or in their place. */
    private static final class Merge {
        private final Layers.Walk walk;
        private final Visitor visitor;
        private boolean goesOn = true;

        Merge(Layers.Walk walk, Visitor visitor) {
            this.walk = walk;
            this.visitor = visitor;
        }

        boolean visit(Bytes key, Bytes value) {
            showBefore(key);
            Changes.@Nullable Change next = walk.peek();
            if (goesOn && next != null && next.key().equals(key)) {
                show(next);
                walk.pass();
            } else if (goesOn) {
                goesOn = visitor.visit(key, value);
            }
            return goesOn;
        }

        private void showBefore(Bytes key) {
            Changes.@Nullable Change next = walk.peek();
            while (goesOn && next != null && next.key().compareTo(key) < 0) {
                show(next);
                walk.pass();
                next = walk.peek();
            }
        }

        private void show(Changes.Change change) {
            Bytes value = change.value();
            if (value != null) {
                goesOn = visitor.visit(change.key(), value);
            }
        }

        void finish() {
            Changes.@Nullable Change next = walk.peek();
            while (goesOn && next != null) {
                show(next);
                walk.pass();
                next = walk.peek();
            }
        }
    }

    @Override
    public void close() {
        if (view != null) {
            view.close();
            view = null;
        }
    }
}
