package io.kvorum.snapshot.s3;

import java.net.URI;
import java.time.Duration;
import javax.net.ssl.TrustManager;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpConfigurationOption;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.utils.AttributeMap;

/** Makes clients of S3 as the settings say. Stateless. */
final class Connections {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(60);
    /** With pauses that double up to 20 seconds. */
    private static final int TRIES = 5;

    private Connections() {}

    static S3Client client(S3Settings settings, SdkHttpClient http) {
        S3Settings.Connection connection = settings.connection();
        var builder = S3Client.builder()
                .httpClient(http)
                .region(Region.of(settings.place().region()))
                .credentialsProvider(credentials(settings))
                .serviceConfiguration(S3Configuration.builder()
                        .pathStyleAccessEnabled(connection.hasBucketInPath())
                        .expectContinueEnabled(false)
                        .build())
                // parts carry an MD5, which every server checks; newer sums are refused by many that are not Amazon's
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .overrideConfiguration(
                        change -> change.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(TRIES)
                                .build()));
        if (!connection.isAmazon() || connection.isPlain()) {
            String scheme = connection.isPlain() ? "http" : "https";
            builder.endpointOverride(URI.create(scheme + "://" + connection.endpoint()));
        }
        return builder.build();
    }

    private static AwsCredentialsProvider credentials(S3Settings settings) {
        return settings.credentials()
                .<AwsCredentialsProvider>map(keys -> StaticCredentialsProvider.create(
                        keys.sessionToken().isEmpty()
                                ? AwsBasicCredentials.create(keys.accessKey(), keys.secretKey())
                                : AwsSessionCredentials.create(
                                        keys.accessKey(), keys.secretKey(), keys.sessionToken())))
                .orElseGet(() -> DefaultCredentialsProvider.builder().build());
    }

    static SdkHttpClient http(S3Settings.Connection connection) {
        var builder = UrlConnectionHttpClient.builder()
                .connectionTimeout(CONNECT_LIMIT)
                .socketTimeout(SILENCE_LIMIT);
        if (!connection.proxy().isEmpty()) {
            builder.proxyConfiguration(ProxyConfiguration.builder()
                    .endpoint(URI.create(connection.proxy()))
                    .useSystemPropertyValues(false)
                    .useEnvironmentVariablesValues(false)
                    .build());
        }
        boolean isPlain = connection.isPlain() && connection.authority().isEmpty();
        if (!connection.isUnverified() && !isPlain) {
            TrustManager[] trusted = {Trust.of(connection.authority(), Trust.MACHINE)};
            builder.tlsTrustManagersProvider(() -> trusted);
        }
        return builder.buildWithDefaults(AttributeMap.builder()
                .put(SdkHttpConfigurationOption.TRUST_ALL_CERTIFICATES, connection.isUnverified())
                .build());
    }
}
