package io.kvorum.registry;

import io.kvorum.apimachinery.status.ApiException;
import io.kvorum.apimachinery.status.ApiStatus;
import io.kvorum.apimachinery.status.ApiStatus.Details;
import io.kvorum.engine.StoreException;
import java.util.List;
import java.util.function.Supplier;

/** The one place where a failure of the store becomes an answer to a client of the API; pure. */
final class StoreFailures {
    /** Told to come again, kubectl would do so ten times before it says anything; a person wants to know at once. */
    private static final int NO_RETRY = 0;

    private StoreFailures() {}

    static <T> T translated(Supplier<T> work) {
        try {
            return work.get();
        } catch (StoreException e) {
            throw translate(e);
        }
    }

    static ApiException translate(StoreException failure) {
        ApiException answer = answer(failure);
        answer.initCause(failure);
        return answer;
    }

    private static ApiException answer(StoreException failure) {
        String what = String.valueOf(failure.getMessage());
        return switch (failure) {
            case StoreException.NoQuorum e ->
                new ApiException(new ApiStatus(
                        503,
                        "ServiceUnavailable",
                        "etcdserver: no leader: " + what,
                        new Details(
                                "",
                                "",
                                "",
                                "",
                                List.of(new ApiStatus.Cause("NoQuorum", "no quorum since " + e.since(), "")),
                                NO_RETRY)));
            case StoreException.TimedOut _ -> ApiException.timeout("etcdserver: request timed out: " + what, 1);
            case StoreException.OutcomeUnknown _ -> ApiException.timeout("etcdserver: request timed out: " + what, 1);
            case StoreException.Busy _ -> ApiException.tooManyRequests("etcdserver: too many requests: " + what, 1);
            case StoreException.Full _ -> ApiException.internal("etcdserver: mvcc: " + what);
            case StoreException.TooLarge _ -> ApiException.tooLarge("etcdserver: " + what);
            case StoreException.Deposed _ -> ApiException.unavailable("the leader that asked was deposed: " + what, 1);
            case StoreException.Stopped _ -> ApiException.unavailable(what, 1);
            case StoreException.Occupied _ -> ApiException.unavailable(what, 1);
            case StoreException.Compacted e ->
                ApiException.expired(
                        "The resourceVersion for the provided list is too old: history begins behind " + e.compacted());
            case StoreException.FutureRevision _ -> ApiException.timeout("Too large resource version: " + what, 1);
            case StoreException.Invalid _ -> ApiException.internal(what);
            case StoreException.LeaseNotFound _ -> ApiException.internal(what);
            case StoreException.LeaseExists _ -> ApiException.internal(what);
            case StoreException.Corrupt _ -> ApiException.internal("etcdserver: " + what);
            case StoreException.AuthRefused _ -> ApiException.internal(what);
            case StoreException.MembersRefused _ -> ApiException.internal(what);
        };
    }
}
