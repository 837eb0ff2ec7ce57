import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.eclipse.aether.RepositorySystemSession;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.spi.connector.transport.AbstractTransporter;
import org.eclipse.aether.spi.connector.transport.GetTask;
import org.eclipse.aether.spi.connector.transport.PeekTask;
import org.eclipse.aether.spi.connector.transport.PutTask;
import org.eclipse.aether.spi.connector.transport.Transporter;
import org.eclipse.aether.spi.connector.transport.TransporterFactory;

/** Gets files over HTTP through the proxy of the environment. */
public final class Web extends AbstractTransporter {
    static volatile String trouble = "";
    private static final SSLSocketFactory TRUST = trust();
    private final URI base;

    Web(String address) {
        base = URI.create(address.endsWith("/") ? address : address + "/");
    }

    @Override
    public int classify(Throwable error) {
        return error instanceof NotThere ? ERROR_NOT_FOUND : ERROR_OTHER;
    }

    @Override
    protected void implPeek(PeekTask task) throws Exception {
        try (InputStream in = open(task.getLocation()).getInputStream()) {
            in.readNBytes(1);
        }
    }

    @Override
    protected void implGet(GetTask task) throws Exception {
        for (int attempt = 0; ; attempt++) {
            try {
                HttpURLConnection connection = open(task.getLocation());
                long length = connection.getContentLengthLong();
                // A repository that sends the checksum along spares a second request.
                String sum = connection.getHeaderField("x-checksum-sha1");
                if (sum != null && sum.matches("[0-9a-fA-F]{40}")) {
                    task.setChecksum("SHA-1", sum);
                }
                utilGet(task, connection.getInputStream(), true, length, false);
                return;
            } catch (NotThere missing) {
                throw missing;
            } catch (IOException failure) {
                if (attempt == 2) {
                    trouble = String.valueOf(failure.getMessage());
                    throw failure;
                }
                Thread.sleep(300L << attempt);
            }
        }
    }

    private HttpURLConnection open(URI location) throws IOException {
        Proxy proxy = Proxy.NO_PROXY;
        String named = System.getenv("HTTPS_PROXY");
        if (named != null && !named.isEmpty()) {
            URI at = URI.create(named);
            proxy = new Proxy(
                Proxy.Type.HTTP, new InetSocketAddress(at.getHost(), at.getPort()));
        }
        HttpURLConnection connection =
            (HttpURLConnection) base.resolve(location).toURL().openConnection(proxy);
        if (connection instanceof HttpsURLConnection && TRUST != null) {
            ((HttpsURLConnection) connection).setSSLSocketFactory(TRUST);
        }
        connection.setConnectTimeout(20_000);
        connection.setReadTimeout(60_000);
        int status = connection.getResponseCode();
        if (status == 404 || status == 410) {
            throw new NotThere(location + " is not there");
        }
        if (status != 200) {
            throw new IOException("the repository answers " + status);
        }
        return connection;
    }

    @Override
    protected void implPut(PutTask task) throws Exception {
        throw new IOException("nothing is ever uploaded");
    }

    @Override
    protected void implClose() {}

    /** Java's own authorities and those of the bundle the machine trusts. */
    private static SSLSocketFactory trust() {
        try {
            KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
            all.load(null, null);
            int count = 0;
            TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager) {
                    for (X509Certificate one
                            : ((X509TrustManager) manager).getAcceptedIssuers()) {
                        all.setCertificateEntry("a" + count++, one);
                    }
                }
            }
            String bundle = System.getenv("SSL_CERT_FILE");
            if (bundle != null && Files.isReadable(Path.of(bundle))) {
                try (InputStream in = Files.newInputStream(Path.of(bundle))) {
                    for (Certificate one
                            : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                        all.setCertificateEntry("b" + count++, one);
                    }
                }
            }
            TrustManagerFactory merged =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            merged.init(all);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, merged.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (java.security.GeneralSecurityException | IOException failure) {
            trouble = "certificates: " + failure.getMessage();
            return null;
        }
    }

    static final class NotThere extends IOException {
        NotThere(String message) {
            super(message);
        }
    }

    /** Made by the resolver, which needs it to be public. */
    public static final class Factory implements TransporterFactory {
        @Override
        public Transporter newInstance(RepositorySystemSession s, RemoteRepository repository) {
            return new Web(repository.getUrl());
        }

        @Override
        public float getPriority() {
            return 1;
        }
    }
}
