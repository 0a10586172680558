package io.kvorum.jraft.log;

import java.io.IOException;

/** Is told when the disk has no room for more entries. Called by the thread that appends. */
public interface RoomWatch {
    /** Nobody waits: the log then takes no more. */
    RoomWatch NONE = new RoomWatch() {
        @Override
        public boolean waitForRoom(IOException shortage) {
            return false;
        }

        @Override
        public void roomAgain() {
            // Nobody waited.
        }
    };

    /** Waits a moment; whether to try again. */
    boolean waitForRoom(IOException shortage);

    /** There was room after all. */
    void roomAgain();

    /** The JDK says it by the system's words only. */
    static boolean isShortage(IOException failure) {
        String text = String.valueOf(failure.getMessage());
        return text.contains("No space left on device") || text.contains("Disk quota exceeded");
    }
}
