import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the tests below some directories of classes on the JUnit Platform and reports each of them.
 *
 * <p>Arguments: the report, a pattern of class names to leave out (or nothing), then the
 * directories. The first line of the input is a word that every
 * line of the report repeats: what else writes into the report does not know it.
 */
public final class RunTests implements TestExecutionListener {
    private static final int MAX_FRAMES = 60;
    private static final int MAX_TEXT = 8_000;

    private final OutputStream report;
    private final String word;
    private TestPlan plan;

    private RunTests(OutputStream report, String word) {
        this.report = report;
        this.word = word;
    }

    public static void main(String[] arguments) throws IOException {
        String word;
        try (BufferedReader input =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            word = input.readLine();
        }
        System.setIn(InputStream.nullInputStream());
        int failures;
        try (OutputStream report = new FileOutputStream(arguments[0])) {
            RunTests listener = new RunTests(report, word);
            Set<Path> roots = new LinkedHashSet<>();
            for (int i = 2; i < arguments.length; i++) {
                if (Files.isDirectory(Path.of(arguments[i]))) {
                    roots.add(Path.of(arguments[i]));
                }
            }
            List<DiscoverySelector> selectors =
                new ArrayList<>(DiscoverySelectors.selectClasspathRoots(roots));
            LauncherDiscoveryRequestBuilder builder =
                LauncherDiscoveryRequestBuilder.request().selectors(selectors);
            if (!arguments[1].isEmpty()) {
                builder.filters(ClassNameFilter.excludeClassNamePatterns(arguments[1]));
            }
            LauncherDiscoveryRequest request = builder.build();
            Launcher launcher = LauncherFactory.create();
            try {
                launcher.execute(request, listener);
            } catch (Throwable error) {
                listener.write("broken", Map.of("message", String.valueOf(error)));
            }
            listener.write("end", Map.of());
        }
        // Threads that tests left behind do not keep the run alive.
        Runtime.getRuntime().halt(0);
    }

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
        plan = started;
        for (TestIdentifier root : started.getRoots()) {
            for (TestIdentifier one : started.getDescendants(root)) {
                if (one.isTest() || !methods(one).isEmpty()) {
                    write("found", about(one));
                }
            }
        }
    }

    @Override
    public void executionStarted(TestIdentifier one) {
        if (one.isTest()) {
            write("started", about(one));
        }
    }

    @Override
    public void executionSkipped(TestIdentifier one, String reason) {
        Map<String, String> told = about(one);
        told.put("message", String.valueOf(reason));
        write("skipped", told);
        // What is below a skipped class is skipped with it, without being told.
        for (TestIdentifier below : plan.getDescendants(one)) {
            write("skipped", about(below));
        }
    }

    @Override
    public void executionFinished(TestIdentifier one, TestExecutionResult result) {
        boolean well = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
        if (well && !one.isTest()) {
            return;
        }
        Map<String, String> told = about(one);
        told.put("status", result.getStatus().name());
        Optional<Throwable> thrown = result.getThrowable();
        if (thrown.isPresent()) {
            told.put("thrown", thrown.get().getClass().getName());
            String message;
            try {
                message = String.valueOf(thrown.get().getMessage());
            } catch (RuntimeException bad) {
                message = "";
            }
            told.put("message", message);
            told.put("frames", frames(thrown.get()));
        }
        write(one.isTest() ? "finished" : "container", told);
    }

    private static String frames(Throwable thrown) {
        StringBuilder all = new StringBuilder();
        int depth = 0;
        for (Throwable one = thrown; one != null && depth < 8; one = one.getCause()) {
            int count = 0;
            for (StackTraceElement frame : one.getStackTrace()) {
                if (count++ == MAX_FRAMES) {
                    break;
                }
                all.append(depth).append(' ').append(frame.getLineNumber()).append(' ')
                    .append(frame.getClassName()).append('\n');
            }
            depth++;
        }
        return all.toString();
    }

    private static String methods(TestIdentifier one) {
        TestSource source = one.getSource().orElse(null);
        return source instanceof MethodSource ? ((MethodSource) source).getMethodName() : "";
    }

    private Map<String, String> about(TestIdentifier one) {
        Map<String, String> told = new LinkedHashMap<>();
        TestSource source = one.getSource().orElse(null);
        // A run of a parameterized test may have no source of its own: its method has.
        TestIdentifier at = one;
        while (!(source instanceof MethodSource) && !(source instanceof ClassSource)
                && plan != null && plan.getParent(at).isPresent()) {
            at = plan.getParent(at).get();
            source = at.getSource().orElse(null);
        }
        if (source instanceof MethodSource) {
            told.put("class", ((MethodSource) source).getClassName());
            told.put("method", ((MethodSource) source).getMethodName());
            told.put("declared", declaring((MethodSource) source));
        } else if (source instanceof ClassSource) {
            told.put("class", ((ClassSource) source).getClassName());
        }
        told.put("id", one.getUniqueId());
        told.put("test", String.valueOf(one.isTest()));
        told.put("name", one.getDisplayName());
        return told;
    }

    /** The class a method is written in: a test may be inherited. */
    private static String declaring(MethodSource source) {
        try {
            return source.getJavaMethod().getDeclaringClass().getName();
        } catch (RuntimeException | LinkageError unknown) {
            return "";
        }
    }

    private synchronized void write(String kind, Map<String, String> told) {
        StringBuilder line = new StringBuilder("{\"word\":").append(quoted(word))
            .append(",\"kind\":").append(quoted(kind));
        told.forEach((key, value) ->
            line.append(',').append(quoted(key)).append(':').append(quoted(value)));
        try {
            report.write(line.append("}\n").toString().getBytes(StandardCharsets.US_ASCII));
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        int end = Math.min(text.length(), MAX_TEXT);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
