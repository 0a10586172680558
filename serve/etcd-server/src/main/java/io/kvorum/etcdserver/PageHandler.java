package io.kvorum.etcdserver;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;

/** Answers one HTTP/1.1 connection's requests with pages; each page is made on a virtual thread, since it may wait. */
final class PageHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final Pages pages;

    PageHandler(Pages pages) {
        this.pages = pages;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        String path = uri.path();
        String query = uri.rawQuery();
        String method = request.method().name();
        boolean staysOpen = HttpUtil.isKeepAlive(request);
        Thread.ofVirtual().name("etcd-page").start(() -> {
            Pages.Page page = made(method, path, query);
            FullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.valueOf(page.status()),
                    Unpooled.wrappedBuffer(page.bytes()));
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, page.type());
            response.headers().set("x-content-type-options", "nosniff");
            if (page.status() == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
                response.headers().set(HttpHeaderNames.ALLOW, "GET");
            }
            HttpUtil.setContentLength(response, response.content().readableBytes());
            if (!staysOpen) {
                response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            }
            ChannelFuture sent = context.writeAndFlush(response);
            if (!staysOpen) {
                sent.addListener(ChannelFutureListener.CLOSE);
            }
        });
    }

    private Pages.Page made(String method, String path, String query) {
        try {
            return pages.page(method, path, query);
        } catch (RuntimeException e) {
            return new Pages.Page(500, "text/plain; charset=utf-8", e.getMessage() + "\n");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        var ignored = context.close();
    }
}
