import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles the units of a project one after another and reports what the compiler said.
 *
 * <p>Arguments: the specification, the report, and the directories that the specification's words
 * `@source`, `@env` and `@out` stand for. The specification holds lines of tab-separated fields:
 * `unit NAME`, then `need UNIT`, `option WORD`, `file PATH`, `resource FROM TO
 * INCLUDED EXCLUDED KEY=VALUE...`.
 * The report holds one JSON object a line, the last of the kind `end`.
 */
class Compile {
    static final int MAX_DIAGNOSTICS = 2_000;
    static final Pattern LINT = Pattern.compile("warning: \\[([a-z-]+)\\]");

    /** One compilation. */
    static final class Unit {
        final String name;
        final List<String> needs = new ArrayList<>();
        final List<String> options = new ArrayList<>();
        final List<Path> files = new ArrayList<>();
        final List<String[]> resources = new ArrayList<>();

        Unit(String name) {
            this.name = name;
        }
    }

    public static void main(String[] arguments) throws IOException {
        Map<String, String> places = new LinkedHashMap<>();
        places.put("@source", arguments[2]);
        places.put("@env", arguments[3]);
        places.put("@out", arguments[4]);
        Set<String> failed = new HashSet<>();
        try (PrintWriter report = new PrintWriter(arguments[1], StandardCharsets.UTF_8)) {
            for (Unit unit : read(Path.of(arguments[0]), places)) {
                if (unit.needs.stream().anyMatch(failed::contains)) {
                    failed.add(unit.name);
                    report.println("{\"kind\":\"unit\",\"unit\":" + quoted(unit.name)
                        + ",\"skipped\":true,\"ok\":false,\"files\":" + unit.files.size() + "}");
                    continue;
                }
                boolean well = compile(unit, Path.of(arguments[4]), report);
                report.println("{\"kind\":\"unit\",\"unit\":" + quoted(unit.name)
                    + ",\"skipped\":false,\"ok\":" + well + ",\"files\":" + unit.files.size() + "}");
                if (!well) {
                    failed.add(unit.name);
                }
            }
            report.println("{\"kind\":\"end\",\"version\":"
                + quoted(System.getProperty("java.version")) + "}");
        }
        System.exit(failed.isEmpty() ? 0 : 1);
    }

    static List<Unit> read(Path specification, Map<String, String> places) throws IOException {
        List<Unit> units = new ArrayList<>();
        for (String line : Files.readAllLines(specification)) {
            String[] fields = line.split("\t", -1);
            for (int i = 1; i < fields.length; i++) {
                for (Map.Entry<String, String> place : places.entrySet()) {
                    fields[i] = fields[i].replace(place.getKey() + "/", place.getValue() + "/");
                }
            }
            Unit unit = units.isEmpty() ? null : units.get(units.size() - 1);
            switch (fields[0]) {
                case "unit" -> units.add(new Unit(fields[1]));
                case "need" -> unit.needs.add(fields[1]);
                case "option" -> unit.options.add(fields[1]);
                case "file" -> unit.files.add(Path.of(fields[1]));
                case "resource" -> unit.resources.add(fields);
                default -> { }
            }
        }
        return units;
    }

    static boolean compile(Unit unit, Path out, PrintWriter report) throws IOException {
        Path classes = Files.createDirectories(out.resolve(unit.name));
        for (String[] resource : unit.resources) {
            copy(resource, classes);
        }
        if (unit.files.isEmpty()) {
            return true;
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> collector = new DiagnosticCollector<>();
        List<String> options = new ArrayList<>(unit.options);
        options.addAll(List.of("-d", classes.toString(), "-s", classes.toString()));
        boolean well;
        StandardJavaFileManager standard =
            compiler.getStandardFileManager(collector, Locale.ENGLISH, charset(options));
        try (Recorder manager = new Recorder(standard, report)) {
            JavaCompiler.CompilationTask task = compiler.getTask(
                null, manager, collector, options, null,
                standard.getJavaFileObjectsFromPaths(unit.files));
            task.setLocale(Locale.ENGLISH);
            well = task.call();
        } catch (IllegalArgumentException wrong) {
            report.println("{\"kind\":\"option\",\"unit\":" + quoted(unit.name)
                + ",\"message\":" + quoted(String.valueOf(wrong.getMessage())) + "}");
            return false;
        }
        int count = 0;
        for (Diagnostic<? extends JavaFileObject> found : collector.getDiagnostics()) {
            if (count++ < MAX_DIAGNOSTICS || found.getKind() == Diagnostic.Kind.ERROR) {
                report.println(told(unit, found));
            }
        }
        return well;
    }

    static Charset charset(List<String> options) {
        int at = options.indexOf("-encoding");
        try {
            return at < 0 ? StandardCharsets.UTF_8 : Charset.forName(options.get(at + 1));
        } catch (IllegalArgumentException unknown) {
            return StandardCharsets.UTF_8;
        }
    }

    static String told(Unit unit, Diagnostic<? extends JavaFileObject> found) {
        JavaFileObject source = found.getSource();
        return "{\"kind\":\"diagnostic\",\"unit\":" + quoted(unit.name)
            + ",\"level\":" + quoted(found.getKind().name())
            + ",\"code\":" + quoted(String.valueOf(found.getCode()))
            + ",\"path\":" + quoted(source == null ? "" : source.toUri().getPath())
            + ",\"line\":" + Math.max(0, found.getLineNumber())
            + ",\"column\":" + Math.max(0, found.getColumnNumber())
            + ",\"length\":" + Math.max(0, found.getEndPosition() - found.getPosition())
            + ",\"lint\":" + quoted(lint(found.toString()))
            + ",\"message\":" + quoted(found.getMessage(Locale.ENGLISH)) + "}";
    }

    /** The kind of warning, as it is switched on and off. */
    static String lint(String whole) {
        Matcher found = LINT.matcher(whole);
        return found.find() ? found.group(1) : "";
    }

    /** Copies one directory of resources; those with values have them filled in. */
    static void copy(String[] resource, Path classes) throws IOException {
        Path from = Path.of(resource[1]);
        Path to = resource[2].isEmpty() ? classes : classes.resolve(resource[2]).normalize();
        if (!Files.isDirectory(from) || !to.startsWith(classes)) {
            return;
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 5; i < resource.length; i++) {
            int equals = resource[i].indexOf('=');
            if (equals > 0) {
                values.put(resource[i].substring(0, equals), resource[i].substring(equals + 1));
            }
        }
        Pattern included = Pattern.compile(resource[3].isEmpty() ? ".*" : resource[3]);
        Pattern excluded = Pattern.compile(resource[4]);
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes about)
                    throws IOException {
                String name = from.relativize(file).toString();
                if (about.isRegularFile() && included.matcher(name).matches()
                        && !excluded.matcher(name).matches()) {
                    Path place = to.resolve(from.relativize(file));
                    Files.createDirectories(place.getParent());
                    byte[] content = Files.readAllBytes(file);
                    Files.write(place, values.isEmpty() ? content : filled(content, values));
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    static byte[] filled(byte[] content, Map<String, String> values) {
        String text = new String(content, StandardCharsets.UTF_8);
        byte[] back = text.getBytes(StandardCharsets.UTF_8);
        if (!java.util.Arrays.equals(back, content)) {
            return content;
        }
        for (Map.Entry<String, String> value : values.entrySet()) {
            text = text.replace("${" + value.getKey() + "}", value.getValue())
                .replace("@" + value.getKey() + "@", value.getValue());
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
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

    /** Tells which source each class came from. */
    static final class Recorder extends ForwardingJavaFileManager<JavaFileManager> {
        private final PrintWriter report;

        Recorder(JavaFileManager manager, PrintWriter report) {
            super(manager);
            this.report = report;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String name, JavaFileObject.Kind kind, FileObject sibling)
                throws IOException {
            if (kind == JavaFileObject.Kind.CLASS && sibling != null) {
                report.println("{\"kind\":\"class\",\"name\":" + quoted(name)
                    + ",\"path\":" + quoted(sibling.toUri().getPath()) + "}");
            }
            return super.getJavaFileForOutput(location, name, kind, sibling);
        }
    }
}
