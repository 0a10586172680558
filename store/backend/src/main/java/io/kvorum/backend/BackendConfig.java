package io.kvorum.backend;

import java.nio.file.Path;
import java.util.List;

/**
 * How to open a database.
 *
 * @param folder holds the file and its lock; made if missing
 * @param libraryFolder where LMDB's shared library is unpacked once
 * @param mapBytes most the file can grow to; address space, not disk
 * @param tables names of all tables
 * @param mostViews views that can be open at once
 */
public record BackendConfig(Path folder, Path libraryFolder, long mapBytes, List<String> tables, int mostViews) {
    public BackendConfig {
        tables = List.copyOf(tables);
    }
}
