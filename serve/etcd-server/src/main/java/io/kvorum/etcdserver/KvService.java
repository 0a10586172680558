package io.kvorum.etcdserver;

import io.etcd.jetcd.api.CompactionRequest;
import io.etcd.jetcd.api.CompactionResponse;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import io.grpc.stub.StreamObserver;
import io.kvorum.engine.Answered;
import io.kvorum.engine.Consistency;
import io.kvorum.engine.EmbeddedStore;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Answer;
import io.kvorum.mvcc.Operation;
import java.util.List;

/** etcd's KV service: reads and writes of keys. Any thread; calls block. */
final class KvService extends KVGrpc.KVImplBase {
    private final EmbeddedStore store;
    private final Headers headers;
    private final Gate gate;

    KvService(EmbeddedStore store, Headers headers, Gate gate) {
        this.store = store;
        this.headers = headers;
        this.gate = gate;
    }

    @Override
    public void range(RangeRequest request, StreamObserver<RangeResponse> caller) {
        Unary.answer(caller, () -> {
            Operation.Range range = Requests.range(request);
            gate.pass().reads(range.range());
            Answered<Answer.OfRange> answered =
                    store.range(range, request.getSerializable() ? Consistency.SERIALIZABLE : Consistency.LINEARIZABLE);
            return new Answers(headers.at(answered.revision()), false).range(answered.answer());
        });
    }

    @Override
    public void put(PutRequest request, StreamObserver<PutResponse> caller) {
        Unary.answer(caller, () -> {
            Answered<Answer.OfTxn> answered = run(alone(Requests.put(request)));
            Answer.OfPut put = (Answer.OfPut) answered.answer().answers().getFirst();
            return new Answers(headers.at(answered.revision()), true).put(put);
        });
    }

    @Override
    public void deleteRange(DeleteRangeRequest request, StreamObserver<DeleteRangeResponse> caller) {
        Unary.answer(caller, () -> {
            Answered<Answer.OfTxn> answered = run(alone(Requests.delete(request)));
            Answer.OfDelete delete =
                    (Answer.OfDelete) answered.answer().answers().getFirst();
            return new Answers(headers.at(answered.revision()), true).delete(delete);
        });
    }

    @Override
    public void txn(TxnRequest request, StreamObserver<TxnResponse> caller) {
        Unary.answer(caller, () -> {
            Answered<Answer.OfTxn> answered = run(Requests.txn(request));
            return new Answers(headers.at(answered.revision()), Answers.writes(answered.answer()))
                    .txn(answered.answer());
        });
    }

    private static Operation.Txn alone(Operation operation) {
        return new Operation.Txn(List.of(), List.of(operation), List.of());
    }

    private Answered<Answer.OfTxn> run(Operation.Txn txn) {
        return store.txn(txn, gate.pass().runs(txn).allowance());
    }

    @Override
    public void compact(CompactionRequest request, StreamObserver<CompactionResponse> caller) {
        Unary.answer(caller, () -> {
            Revision revision = new Revision(Math.max(0, request.getRevision()));
            if (request.getPhysical()) {
                store.compactPhysically(revision);
            } else {
                store.compact(revision);
            }
            return CompactionResponse.newBuilder().setHeader(headers.now()).build();
        });
    }
}
