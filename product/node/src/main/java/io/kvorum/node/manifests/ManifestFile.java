package io.kvorum.node.manifests;

import java.nio.file.Path;

/**
 * A file of manifests as it was found.
 *
 * @param name of the add-on that it is: the file's name without its ending
 * @param checksum SHA-256 of the text
 */
record ManifestFile(Path path, String name, String text, String checksum) {}
