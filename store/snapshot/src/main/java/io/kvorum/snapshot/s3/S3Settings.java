package io.kvorum.snapshot.s3;

import java.time.Duration;
import java.util.Optional;

/**
 * Where snapshots are copied to, and how to get there. A value.
 *
 * @param credentials empty to take those of the machine, as Amazon's tools do
 * @param timeout of one upload, download or listing, all its tries together
 */
public record S3Settings(Place place, Connection connection, Optional<Credentials> credentials, Duration timeout) {
    /** @param folder in the bucket, without slashes at its ends; empty for none */
    public record Place(String bucket, String region, String folder) {
        String prefix() {
            return folder.isEmpty() ? "" : folder + "/";
        }
    }

    /**
     * @param endpoint host and perhaps port
     * @param isPlain HTTP without TLS
     * @param isUnverified any certificate is taken
     * @param authority file that holds the certificates to trust besides the system's, or themselves, in PEM form or
     *     that in base64; may be empty
     * @param proxy address of one; may be empty
     */
    public record Connection(
            String endpoint, Lookup lookup, boolean isPlain, boolean isUnverified, String authority, String proxy) {
        boolean isAmazon() {
            return endpoint.equals("s3.amazonaws.com") || endpoint.endsWith(".amazonaws.com");
        }

        boolean hasBucketInPath() {
            return lookup == Lookup.PATH || (lookup == Lookup.AUTO && !isAmazon());
        }
    }

    /** Where the bucket's name stands in an address. */
    public enum Lookup {
        /** In the host's name at Amazon, in the path elsewhere. */
        AUTO,
        DNS,
        PATH
    }

    /**
     * Keys of an account; its text hides them.
     *
     * @param sessionToken may be empty
     */
    public record Credentials(String accessKey, String secretKey, String sessionToken) {
        @Override
        public String toString() {
            return "credentials";
        }
    }
}
