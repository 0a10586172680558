package io.kvorum.apiserver.http;

import io.kvorum.http.Exchange;
import io.kvorum.http.Headers;
import io.kvorum.http.QueryParameters;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.cert.X509Certificate;
import java.util.List;

/** An exchange that remembers the status it was answered with; for the thread that answers. */
public final class ObservedExchange implements Exchange {
    private final Exchange inner;
    private int status;

    public ObservedExchange(Exchange inner) {
        this.inner = inner;
    }

    /** 0 before there is one. */
    public int status() {
        return status;
    }

    @Override
    public OutputStream respond(int newStatus) throws IOException {
        OutputStream out = inner.respond(newStatus);
        status = newStatus;
        return out;
    }

    @Override
    public Duplex upgrade() throws IOException {
        Duplex duplex = inner.upgrade();
        status = 101;
        return duplex;
    }

    @Override
    public String method() {
        return inner.method();
    }

    @Override
    public String path() {
        return inner.path();
    }

    @Override
    public String rawPath() {
        return inner.rawPath();
    }

    @Override
    public String rawQuery() {
        return inner.rawQuery();
    }

    @Override
    public QueryParameters query() {
        return inner.query();
    }

    @Override
    public Headers requestHeaders() {
        return inner.requestHeaders();
    }

    @Override
    public List<X509Certificate> peerCertificates() {
        return inner.peerCertificates();
    }

    @Override
    public String remoteAddress() {
        return inner.remoteAddress();
    }

    @Override
    public InputStream body() throws IOException {
        return inner.body();
    }

    @Override
    public Headers responseHeaders() {
        return inner.responseHeaders();
    }

    @Override
    public boolean isCommitted() {
        return inner.isCommitted();
    }
}
