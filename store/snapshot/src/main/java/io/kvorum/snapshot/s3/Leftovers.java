package io.kvorum.snapshot.s3;

import io.kvorum.snapshot.catalogue.SnapshotName;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * Parts that a killed process sent of a large snapshot: no list shows them and they cost money, until somebody aborts
 * their upload. Used by one thread, while no other upload of the same node and prefix is under way.
 */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    /** What names of one node and prefix differ in. */
    private static final String TIME = "\\d+(" + Pattern.quote(SnapshotName.COMPRESSED) + ")?";

    private static final Pattern NAME = Pattern.compile("(.*-)" + TIME);

    private final S3Client client;
    private final String bucket;
    private final Deadline deadline;

    Leftovers(S3Client client, String bucket, Deadline deadline) {
        this.client = client;
        this.bucket = bucket;
        this.deadline = deadline;
    }

    /**
     * Aborts the uploads of snapshots that are called as this one is but for their time. A bucket that does not let us
     * is no reason not to upload.
     */
    void abortBefore(String folder, SnapshotName name) {
        Matcher parts = NAME.matcher(name.text());
        if (!parts.matches()) {
            return;
        }
        String beginning = folder + parts.group(1);
        Pattern own = Pattern.compile(Pattern.quote(beginning) + TIME);
        try {
            for (MultipartUpload each : uploads(beginning)) {
                if (own.matcher(each.key()).matches()) {
                    abort(each);
                }
            }
        } catch (SdkException e) {
            LOG.atWarn()
                    .addKeyValue("bucket", bucket)
                    .addKeyValue("reason", e.getMessage())
                    .log("cannot tell whether parts of broken-off uploads are left in the bucket");
        }
    }

    /** The first thousand: the rest is found the next time. */
    private List<MultipartUpload> uploads(String beginning) {
        return client.listMultipartUploads(
                        request -> request.bucket(bucket).prefix(beginning).overrideConfiguration(deadline::limit))
                .uploads();
    }

    private void abort(MultipartUpload upload) {
        client.abortMultipartUpload(request -> request.bucket(bucket)
                .key(upload.key())
                .uploadId(upload.uploadId())
                .overrideConfiguration(deadline::limit));
        LOG.atInfo()
                .addKeyValue("bucket", bucket)
                .addKeyValue("key", upload.key())
                .log("parts of a broken-off upload deleted");
    }
}
