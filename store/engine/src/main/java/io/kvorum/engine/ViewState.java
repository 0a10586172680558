package io.kvorum.engine;

import io.kvorum.backend.ReadView;
import io.kvorum.model.Bytes;
import io.kvorum.mvcc.StoredState;
import io.kvorum.mvcc.Table;
import org.jspecify.annotations.Nullable;

/** The machine's look at a view of the file; used by one thread. */
record ViewState(ReadView view) implements StoredState {
    @Override
    public @Nullable Bytes read(Table table, Bytes key) {
        return view.get(table.text(), key);
    }

    @Override
    public void scan(Table table, Bytes from, Visitor visitor) {
        view.scan(table.text(), from, visitor::visit);
    }
}
