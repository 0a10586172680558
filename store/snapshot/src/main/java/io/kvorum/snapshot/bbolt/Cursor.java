package io.kvorum.snapshot.bbolt;

import io.kvorum.model.Bytes;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Walks one tree in the order of its keys and proves that order on the way; holds one page of each level. Used by one
 * thread.
 */
public final class Cursor {
    private final Pages pages;
    private final BitSet seen;
    private final Deque<Place> path = new ArrayDeque<>();
    private @Nullable Bytes last;
    private @Nullable Place here;

    Cursor(Pages pages, Node root, BitSet seen) {
        this.pages = pages;
        this.seen = seen;
        path.push(new Place(root));
    }

    /**
     * Moves to the next entry, at first to the first.
     *
     * @return whether there is one
     * @throws SnapshotDamaged when the way there is damaged
     */
    public boolean next() {
        while (!path.isEmpty()) {
            Place top = path.element();
            if (++top.index >= top.node.count()) {
                path.pop();
            } else if (top.node.isLeaf()) {
                last = after(top);
                here = top;
                return true;
            } else {
                path.push(descend(top));
            }
        }
        here = null;
        return false;
    }

    /** The key of the place, which must come after everything seen so far. */
    private Bytes after(Place place) {
        Bytes key = place.node.key(place.index);
        if (last != null && key.compareTo(last) <= 0) {
            throw place.node.damaged("the key of element %d is out of order".formatted(place.index));
        }
        return key;
    }

    private Place descend(Place branch) {
        Bytes least = after(branch);
        if (path.size() >= Layout.MOST_LEVELS) {
            throw branch.node.damaged("the tree has more than %d levels".formatted(Layout.MOST_LEVELS));
        }
        Node child = pages.node(branch.node.child(branch.index), seen);
        if (child.count() == 0 || child.key(0).compareTo(least) < 0) {
            throw child.damaged("the page is empty or starts before the key its branch gives for it");
        }
        return new Place(child);
    }

    private Place here() {
        if (here == null) {
            throw new IllegalStateException("the cursor stands at no entry");
        }
        return here;
    }

    public Bytes key() {
        return here().node.key(here().index);
    }

    public Bytes value() {
        return here().node.value(here().index);
    }

    /** @throws SnapshotDamaged when the entry is a bucket: etcd keeps none within a bucket */
    public void mustBePlain() {
        if (isBucket()) {
            throw damaged("a bucket stands within a bucket, which etcd never writes");
        }
    }

    boolean isBucket() {
        return here().node.isBucket(here().index);
    }

    /** Where the value starts in the file. */
    long valueAt() {
        return here().node.valueAt(here().index);
    }

    /** The complaint of a reader who finds the entry's key or value senseless. */
    public SnapshotDamaged damaged(String what) {
        long start = valueAt();
        return new SnapshotDamaged(pages.file(), start - key().length(), start + value().length(), what);
    }

    /** An element of a page. */
    private static final class Place {
        private final Node node;
        private int index = -1;

        Place(Node node) {
            this.node = node;
        }
    }
}
