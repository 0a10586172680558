package io.kvorum.jraft;

import io.kvorum.model.Bytes;
import io.kvorum.raft.Proposal;
import java.util.concurrent.CompletableFuture;

/** A proposal that remembers its refusal. */
record TestProposal(Bytes entry, CompletableFuture<Refusal> refusal) implements Proposal {
    TestProposal(String text) {
        this(Bytes.utf8(text), new CompletableFuture<>());
    }

    @Override
    public void refused(Refusal why) {
        refusal.complete(why);
    }
}
