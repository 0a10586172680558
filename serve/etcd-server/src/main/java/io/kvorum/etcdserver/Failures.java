package io.kvorum.etcdserver;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.kvorum.engine.StoreException;
import io.kvorum.mvcc.AuthProblem;
import io.kvorum.raft.LogUnavailable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the store's refusals in etcd's words. Stateless; any thread may call it. */
final class Failures {
    private static final Logger log = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    static StatusRuntimeException answer(RuntimeException failure) {
        return switch (failure) {
            case StatusRuntimeException status -> status;
            case StoreException refused -> answer(refused);
            case LogUnavailable ignored -> Problem.STOPPED.exception();
            default -> {
                log.atError().setCause(failure).log("a request to etcd's API failed");
                yield Status.INTERNAL
                        .withDescription("etcdserver: " + failure)
                        .withCause(failure)
                        .asRuntimeException();
            }
        };
    }

    private static StatusRuntimeException answer(StoreException refused) {
        return switch (refused) {
            case StoreException.Compacted ignored -> Problem.COMPACTED.exception();
            case StoreException.FutureRevision ignored -> Problem.FUTURE_REVISION.exception();
            case StoreException.NoQuorum ignored -> Problem.NO_LEADER.exception();
            case StoreException.OutcomeUnknown ignored -> Problem.TIMED_OUT.exception();
            case StoreException.TimedOut ignored -> Problem.TIMED_OUT.exception();
            case StoreException.Busy ignored -> Problem.TOO_MANY_REQUESTS.exception();
            case StoreException.Full ignored -> Problem.NO_SPACE.exception();
            case StoreException.TooLarge ignored -> Problem.REQUEST_TOO_LARGE.exception();
            case StoreException.Invalid invalid ->
                Status.INVALID_ARGUMENT
                        .withDescription("etcdserver: " + invalid.getMessage())
                        .asRuntimeException();
            case StoreException.Deposed ignored -> Problem.LEADER_CHANGED.exception();
            case StoreException.LeaseNotFound ignored -> Problem.LEASE_NOT_FOUND.exception();
            case StoreException.LeaseExists ignored -> Problem.LEASE_EXISTS.exception();
            case StoreException.Corrupt ignored -> Problem.CORRUPT.exception();
            case StoreException.AuthRefused auth -> of(auth.problem()).exception();
            case StoreException.MembersRefused members -> answer(members);
            case StoreException.Occupied occupied ->
                Status.UNAVAILABLE
                        .withDescription("etcdserver: " + occupied.getMessage())
                        .asRuntimeException();
            case StoreException.Stopped ignored -> Problem.STOPPED.exception();
        };
    }

    private static StatusRuntimeException answer(StoreException.MembersRefused refused) {
        return switch (refused.reason()) {
            case NOT_FOUND -> Problem.MEMBER_NOT_FOUND.exception();
            case BAD_ADDRESS -> Problem.BAD_MEMBER_URLS.exception();
            case ADDRESS_TAKEN -> Problem.PEER_URL_EXISTS.exception();
            case NOT_A_LEARNER -> Problem.NOT_A_LEARNER.exception();
            case LEARNER_NOT_READY -> Problem.LEARNER_NOT_READY.exception();
            case BAD_SUCCESSOR -> Problem.BAD_TRANSFEREE.exception();
            case NOT_LEADER -> Problem.NOT_LEADER.exception();
            case UNAVAILABLE ->
                Status.UNAVAILABLE
                        .withDescription(Problem.UNHEALTHY.text() + ": " + refused.getMessage())
                        .asRuntimeException();
        };
    }

    private static Problem of(AuthProblem problem) {
        return switch (problem) {
            case ROOT_USER_MISSING -> Problem.ROOT_USER_MISSING;
            case ROOT_ROLE_MISSING -> Problem.ROOT_ROLE_MISSING;
            case USER_EXISTS -> Problem.USER_EXISTS;
            case USER_EMPTY -> Problem.USER_EMPTY;
            case USER_NOT_FOUND -> Problem.USER_NOT_FOUND;
            case ROLE_EXISTS -> Problem.ROLE_EXISTS;
            case ROLE_EMPTY -> Problem.ROLE_EMPTY;
            case ROLE_NOT_FOUND -> Problem.ROLE_NOT_FOUND;
            case AUTH_FAILED -> Problem.AUTH_FAILED;
            case PERMISSION_DENIED -> Problem.PERMISSION_DENIED;
            case ROLE_NOT_GRANTED -> Problem.ROLE_NOT_GRANTED;
            case PERMISSION_NOT_GRANTED -> Problem.PERMISSION_NOT_GRANTED;
            case NOT_ENABLED -> Problem.AUTH_NOT_ENABLED;
            case INVALID_TOKEN -> Problem.INVALID_TOKEN;
            case INVALID_MANAGEMENT -> Problem.INVALID_MANAGEMENT;
            case OLD_REVISION -> Problem.OLD_AUTH_REVISION;
        };
    }
}
