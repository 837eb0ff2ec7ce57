import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.tools.ToolProvider;

/** Compiles the programs that the checks start, once for each version of the launcher. */
final class Tools {
    private static final List<String> NEEDED = List.of(
        "lib/org.junit.", "lib/org.opentest4j", "lib/org.apiguardian", "lib/org.jspecify");

    private Tools() {}

    /** The programs that the checks start, compiled once. */
    static void compile(Path inside, Path target, Set<String> launchers, Set<String> jars)
            throws IOException {
        Path tools = Files.createDirectories(target.resolve("tools"));
        compile(List.of("-d", tools.toString(), inside.resolve("Compile.java").toString()));
        for (String version : launchers) {
            List<String> path = new ArrayList<>();
            for (String jar : jars) {
                if (NEEDED.stream().anyMatch(jar::startsWith)) {
                    path.add(target.resolve(jar).toString());
                }
            }
            Path runner = Files.createDirectories(target.resolve("runner-" + version));
            compile(List.of("-proc:none", "-nowarn", "-cp", String.join(":", path),
                "-d", runner.toString(), inside.resolve("RunTests.java").toString()));
        }
    }

    private static void compile(List<String> arguments) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int code = ToolProvider.getSystemJavaCompiler()
            .run(null, said, said, arguments.toArray(new String[0]));
        if (code != 0) {
            throw new IOException(said.toString(StandardCharsets.UTF_8));
        }
    }
}
