package io.kvorum.etcdserver;

import io.etcd.jetcd.api.DeleteRangeResponse;
import io.etcd.jetcd.api.PutResponse;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.ResponseHeader;
import io.etcd.jetcd.api.ResponseOp;
import io.etcd.jetcd.api.TxnResponse;
import io.kvorum.mvcc.Answer;
import io.kvorum.mvcc.KeyValue;

/** The store's answers as messages. Used by one thread, once. */
final class Answers {
    private final ResponseHeader header;
    private final long revision;
    /** Revision an operation of a transaction sees: the one before, until something has been written. */
    private long seen;

    /** @param writes whether the answer is about a transaction that made a new revision */
    Answers(ResponseHeader header, boolean writes) {
        this.header = header;
        this.revision = header.getRevision();
        this.seen = writes ? revision - 1 : revision;
    }

    RangeResponse range(Answer.OfRange answer) {
        return range(answer, header);
    }

    PutResponse put(Answer.OfPut answer) {
        return put(answer, header);
    }

    DeleteRangeResponse delete(Answer.OfDelete answer) {
        return delete(answer, header);
    }

    TxnResponse txn(Answer.OfTxn answer) {
        return txn(answer, header);
    }

    private static RangeResponse range(Answer.OfRange answer, ResponseHeader header) {
        RangeResponse.Builder built = RangeResponse.newBuilder()
                .setHeader(header)
                .setCount(answer.count())
                .setMore(answer.more());
        answer.items().forEach(item -> built.addKvs(Wire.item(item)));
        return built.build();
    }

    private static PutResponse put(Answer.OfPut answer, ResponseHeader header) {
        PutResponse.Builder built = PutResponse.newBuilder().setHeader(header);
        KeyValue previous = answer.previous();
        if (previous != null) {
            built.setPrevKv(Wire.item(previous));
        }
        return built.build();
    }

    private static DeleteRangeResponse delete(Answer.OfDelete answer, ResponseHeader header) {
        DeleteRangeResponse.Builder built =
                DeleteRangeResponse.newBuilder().setHeader(header).setDeleted(answer.deleted());
        answer.previous().forEach(item -> built.addPrevKvs(Wire.item(item)));
        return built.build();
    }

    private TxnResponse txn(Answer.OfTxn answer, ResponseHeader itsHeader) {
        TxnResponse.Builder built =
                TxnResponse.newBuilder().setHeader(itsHeader).setSucceeded(answer.succeeded());
        for (Answer one : answer.answers()) {
            built.addResponses(operation(one));
        }
        return built.build();
    }

    /** As in etcd the heads inside a transaction tell nothing but the revision. */
    private ResponseOp operation(Answer answer) {
        return switch (answer) {
            case Answer.OfRange range ->
                ResponseOp.newBuilder()
                        .setResponseRange(range(range, inner(seen)))
                        .build();
            case Answer.OfPut put -> {
                seen = revision;
                yield ResponseOp.newBuilder()
                        .setResponsePut(put(put, inner(seen)))
                        .build();
            }
            case Answer.OfDelete delete -> {
                seen = delete.deleted() > 0 ? revision : seen;
                yield ResponseOp.newBuilder()
                        .setResponseDeleteRange(delete(delete, inner(seen)))
                        .build();
            }
            case Answer.OfTxn txn ->
                ResponseOp.newBuilder()
                        .setResponseTxn(txn(txn, ResponseHeader.getDefaultInstance()))
                        .build();
        };
    }

    private static ResponseHeader inner(long revision) {
        return ResponseHeader.newBuilder().setRevision(revision).build();
    }

    /** Whether anything in the answer was written. */
    static boolean writes(Answer answer) {
        return switch (answer) {
            case Answer.OfRange ignored -> false;
            case Answer.OfPut ignored -> true;
            case Answer.OfDelete delete -> delete.deleted() > 0;
            case Answer.OfTxn txn -> txn.answers().stream().anyMatch(Answers::writes);
        };
    }
}
