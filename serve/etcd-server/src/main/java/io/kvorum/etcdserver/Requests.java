package io.kvorum.etcdserver;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.DeleteRangeRequest;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.kvorum.model.Key;
import io.kvorum.model.Revision;
import io.kvorum.mvcc.Compare;
import io.kvorum.mvcc.LeaseId;
import io.kvorum.mvcc.Operation;
import java.util.ArrayList;
import java.util.List;

/** Clients' requests as operations of the store; what is malformed is refused here. Stateless; any thread may call it. */
final class Requests {
    /** etcd's default of {@code --max-txn-ops}. */
    private static final int MOST_OPERATIONS = 128;

    private Requests() {}

    static Operation.Range range(RangeRequest request) {
        refuseEmpty(request.getKey());
        return new Operation.Range(
                Wire.range(request.getKey(), request.getRangeEnd()),
                new Revision(Math.max(0, request.getRevision())),
                Math.max(0, request.getLimit()),
                order(request.getSortOrder()),
                target(request.getSortTarget()),
                request.getKeysOnly(),
                request.getCountOnly(),
                new Operation.RevisionFilter(
                        request.getMinModRevision(),
                        request.getMaxModRevision(),
                        request.getMinCreateRevision(),
                        request.getMaxCreateRevision()));
    }

    private static void refuseEmpty(ByteString key) {
        if (key.isEmpty()) {
            throw Problem.EMPTY_KEY.exception();
        }
    }

    private static Operation.SortOrder order(RangeRequest.SortOrder order) {
        return switch (order) {
            case NONE, UNRECOGNIZED -> Operation.SortOrder.NONE;
            case ASCEND -> Operation.SortOrder.ASCENDING;
            case DESCEND -> Operation.SortOrder.DESCENDING;
        };
    }

    private static Operation.SortTarget target(RangeRequest.SortTarget target) {
        return switch (target) {
            case KEY, UNRECOGNIZED -> Operation.SortTarget.KEY;
            case VERSION -> Operation.SortTarget.VERSION;
            case CREATE -> Operation.SortTarget.CREATED;
            case MOD -> Operation.SortTarget.MODIFIED;
            case VALUE -> Operation.SortTarget.VALUE;
        };
    }

    static Operation.Put put(PutRequest request) {
        refuseEmpty(request.getKey());
        if (request.getIgnoreValue() && !request.getValue().isEmpty()) {
            throw Problem.VALUE_PROVIDED.exception();
        }
        if (request.getIgnoreLease() && request.getLease() != 0) {
            throw Problem.LEASE_PROVIDED.exception();
        }
        return new Operation.Put(
                new Key(Wire.bytes(request.getKey())),
                Wire.bytes(request.getValue()),
                new LeaseId(request.getLease()),
                request.getPrevKv(),
                request.getIgnoreValue(),
                request.getIgnoreLease());
    }

    static Operation.DeleteRange delete(DeleteRangeRequest request) {
        refuseEmpty(request.getKey());
        return new Operation.DeleteRange(Wire.range(request.getKey(), request.getRangeEnd()), request.getPrevKv());
    }

    static Operation.Txn txn(TxnRequest request) {
        return txn(request, MOST_OPERATIONS);
    }

    private static Operation.Txn txn(TxnRequest request, int most) {
        int longest =
                Math.max(request.getCompareCount(), Math.max(request.getSuccessCount(), request.getFailureCount()));
        if (longest > most) {
            throw Problem.TOO_MANY_OPERATIONS.exception();
        }
        return new Operation.Txn(
                request.getCompareList().stream().map(Requests::compare).toList(),
                operations(request.getSuccessList(), most - longest),
                operations(request.getFailureList(), most - longest));
    }

    private static List<Operation> operations(List<RequestOp> requests, int most) {
        List<Operation> operations = new ArrayList<>(requests.size());
        for (RequestOp request : requests) {
            operations.add(
                    switch (request.getRequestCase()) {
                        case REQUEST_RANGE -> range(request.getRequestRange());
                        case REQUEST_PUT -> put(request.getRequestPut());
                        case REQUEST_DELETE_RANGE -> delete(request.getRequestDeleteRange());
                        case REQUEST_TXN -> txn(request.getRequestTxn(), most);
                        case REQUEST_NOT_SET -> throw Problem.EMPTY_KEY.exception();
                    });
        }
        return operations;
    }

    private static Compare compare(io.etcd.jetcd.api.Compare request) {
        refuseEmpty(request.getKey());
        var range = Wire.range(request.getKey(), request.getRangeEnd());
        var relation = relation(request.getResult());
        return switch (request.getTarget()) {
            case VERSION, UNRECOGNIZED ->
                new Compare.OfNumber(range, Compare.Target.VERSION, relation, request.getVersion());
            case CREATE -> new Compare.OfNumber(range, Compare.Target.CREATED, relation, request.getCreateRevision());
            case MOD -> new Compare.OfNumber(range, Compare.Target.MODIFIED, relation, request.getModRevision());
            case VALUE -> new Compare.OfValue(range, relation, Wire.bytes(request.getValue()));
            case LEASE -> new Compare.OfNumber(range, Compare.Target.LEASE, relation, request.getLease());
        };
    }

    private static Compare.Relation relation(io.etcd.jetcd.api.Compare.CompareResult result) {
        return switch (result) {
            case EQUAL, UNRECOGNIZED -> Compare.Relation.EQUAL;
            case GREATER -> Compare.Relation.GREATER;
            case LESS -> Compare.Relation.LESS;
            case NOT_EQUAL -> Compare.Relation.NOT_EQUAL;
        };
    }
}
