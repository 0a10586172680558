package io.kvorum.simulation;

import java.nio.file.Path;

/**
 * What all parts of one run share.
 *
 * @param library a folder that all stores unpack their native library into
 */
record World(
        Agenda agenda,
        Network network,
        Doorbell bell,
        History history,
        Commits commits,
        LeaseLedger leases,
        Mutant mutant,
        Path scratch,
        Path library) {}
