package io.kvorum.apimachinery.table;

import java.util.List;
import java.util.function.Consumer;

/**
 * How the objects of one kind become rows.
 *
 * @param cells writes one object's cells, in the order of the columns
 */
record Layout(List<Column> columns, Consumer<Row> cells) {
    Layout {
        columns = List.copyOf(columns);
    }

    static Layout of(Consumer<Row> cells, Column... columns) {
        return new Layout(List.of(columns), cells);
    }
}
