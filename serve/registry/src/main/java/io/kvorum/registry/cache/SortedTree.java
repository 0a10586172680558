package io.kvorum.registry.cache;

import io.kvorum.model.Bytes;
import io.kvorum.model.Key;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sorted map of keys: a change gives a new map that shares all but one path with the old one, so that a
 * reader keeps what it saw for nothing. A weight-balanced tree; any thread.
 */
public final class SortedTree<V> {
    /** One side may weigh this many times the other before it is rotated (Adams's delta and gamma). */
    private static final int DELTA = 3;

    private static final int GAMMA = 2;

    private record Node<V>(
            Key key,
            V value,
            int size,
            @Nullable Node<V> left,
            @Nullable Node<V> right) {}

    private final @Nullable Node<V> root;

    private SortedTree(@Nullable Node<V> root) {
        this.root = root;
    }

    public static <V> SortedTree<V> empty() {
        return new SortedTree<>(null);
    }

    public int size() {
        return size(root);
    }

    public @Nullable V find(Key key) {
        Node<V> node = root;
        while (node != null) {
            int order = key.compareTo(node.key);
            if (order == 0) {
                return node.value;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    public SortedTree<V> with(Key key, V value) {
        return new SortedTree<>(put(root, key, value));
    }

    public SortedTree<V> without(Key key) {
        return find(key) == null ? this : new SortedTree<>(remove(root, key));
    }

    /** How many keys are smaller than this one. */
    public int rank(Bytes start) {
        int rank = 0;
        Node<V> node = root;
        while (node != null) {
            if (start.compareTo(node.key.bytes()) <= 0) {
                node = node.left;
            } else {
                rank += size(node.left) + 1;
                node = node.right;
            }
        }
        return rank;
    }

    /** How many keys are smaller than the end of a range; null means "to the last". */
    public int rankOfEnd(@Nullable Bytes end) {
        return end == null ? size() : rank(end);
    }

    /** The values from this key on, in the order of keys, up to {@code end} exclusive (null: to the last). */
    public Iterable<V> from(Bytes start, @Nullable Bytes end) {
        return () -> new Walk<>(root, start, end);
    }

    private static <V> int size(@Nullable Node<V> node) {
        return node == null ? 0 : node.size;
    }

    private static <V> Node<V> node(Key key, V value, @Nullable Node<V> left, @Nullable Node<V> right) {
        return new Node<>(key, value, size(left) + size(right) + 1, left, right);
    }

    private static <V> Node<V> put(@Nullable Node<V> node, Key key, V value) {
        if (node == null) {
            return node(key, value, null, null);
        }
        int order = key.compareTo(node.key);
        if (order == 0) {
            return node(key, value, node.left, node.right);
        }
        return order < 0
                ? balance(node.key, node.value, put(node.left, key, value), node.right)
                : balance(node.key, node.value, node.left, put(node.right, key, value));
    }

    private static <V> @Nullable Node<V> remove(@Nullable Node<V> node, Key key) {
        if (node == null) {
            return null;
        }
        int order = key.compareTo(node.key);
        if (order < 0) {
            return balance(node.key, node.value, remove(node.left, key), node.right);
        }
        if (order > 0) {
            return balance(node.key, node.value, node.left, remove(node.right, key));
        }
        return join(node.left, node.right);
    }

    private static <V> @Nullable Node<V> join(@Nullable Node<V> left, @Nullable Node<V> right) {
        if (left == null) {
            return right;
        }
        if (right == null) {
            return left;
        }
        Node<V> next = right;
        while (next.left != null) {
            next = next.left;
        }
        return balance(next.key, next.value, left, remove(right, next.key));
    }

    private static <V> Node<V> balance(Key key, V value, @Nullable Node<V> left, @Nullable Node<V> right) {
        int leftSize = size(left);
        int rightSize = size(right);
        if (leftSize + rightSize < 2) {
            return node(key, value, left, right);
        }
        if (right != null && rightSize > DELTA * leftSize) {
            return rotateLeft(key, value, left, right);
        }
        if (left != null && leftSize > DELTA * rightSize) {
            return rotateRight(key, value, left, right);
        }
        return node(key, value, left, right);
    }

    private static <V> Node<V> rotateLeft(Key key, V value, @Nullable Node<V> left, Node<V> right) {
        Node<V> inner = right.left;
        if (inner == null || size(inner) < GAMMA * size(right.right)) {
            return node(right.key, right.value, node(key, value, left, inner), right.right);
        }
        return node(
                inner.key,
                inner.value,
                node(key, value, left, inner.left),
                node(right.key, right.value, inner.right, right.right));
    }

    private static <V> Node<V> rotateRight(Key key, V value, Node<V> left, @Nullable Node<V> right) {
        Node<V> inner = left.right;
        if (inner == null || size(inner) < GAMMA * size(left.left)) {
            return node(left.key, left.value, left.left, node(key, value, inner, right));
        }
        return node(
                inner.key,
                inner.value,
                node(left.key, left.value, left.left, inner.left),
                node(key, value, inner.right, right));
    }

    private static final class Walk<V> implements Iterator<V> {
        private final Deque<Node<V>> ahead = new ArrayDeque<>();
        private final @Nullable Bytes end;

        Walk(@Nullable Node<V> root, Bytes start, @Nullable Bytes end) {
            this.end = end;
            Node<V> node = root;
            while (node != null) {
                if (start.compareTo(node.key.bytes()) <= 0) {
                    ahead.push(node);
                    node = node.left;
                } else {
                    node = node.right;
                }
            }
        }

        @Override
        public boolean hasNext() {
            Node<V> next = ahead.peek();
            return next != null && (end == null || next.key.bytes().compareTo(end) < 0);
        }

        @Override
        public V next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Node<V> next = ahead.pop();
            for (Node<V> node = next.right; node != null; node = node.left) {
                ahead.push(node);
            }
            return next.value;
        }
    }
}
