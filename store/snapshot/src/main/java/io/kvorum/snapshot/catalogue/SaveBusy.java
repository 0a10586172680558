package io.kvorum.snapshot.catalogue;

/** Another snapshot is being saved, and one at a time is enough for the disk. Immutable. */
public final class SaveBusy extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SaveBusy() {
        super("another snapshot is being saved; try again when it is there");
    }
}
