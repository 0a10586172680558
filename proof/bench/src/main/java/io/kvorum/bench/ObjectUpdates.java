package io.kvorum.bench;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.stub.StreamObserver;

/**
 * Updates one object as a Kubernetes API server does: written if its revision is still the known one, else read to
 * learn the newer one. Used by one thread at a time.
 */
final class ObjectUpdates implements Caller {
    private final ByteString key;
    private final KVGrpc.KVStub keys;
    private final ByteString value;
    private long revision;

    ObjectUpdates(ByteString key, KVGrpc.KVStub keys, ByteString value) {
        this.key = key;
        this.keys = keys;
        this.value = value;
    }

    @Override
    public void call(Ending ending) {
        keys.txn(request(), new StreamObserver<>() {
            @Override
            public void onNext(TxnResponse answer) {
                learn(answer);
            }

            @Override
            public void onError(Throwable reason) {
                ending.failed(reason);
            }

            @Override
            public void onCompleted() {
                ending.succeeded();
            }
        });
    }

    private TxnRequest request() {
        return TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setTarget(Compare.CompareTarget.MOD)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setKey(key)
                        .setModRevision(revision))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(value)))
                .addFailure(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder().setKey(key)))
                .build();
    }

    private void learn(TxnResponse answer) {
        if (answer.getSucceeded()) {
            revision = answer.getHeader().getRevision();
        } else {
            var found = answer.getResponses(0).getResponseRange();
            revision = found.getKvsCount() == 0 ? 0 : found.getKvs(0).getModRevision();
        }
    }
}
