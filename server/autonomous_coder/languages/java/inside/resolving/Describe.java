import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.maven.model.InputLocation;
import org.apache.maven.model.Model;
import org.apache.maven.model.Plugin;
import org.apache.maven.model.PluginExecution;
import org.apache.maven.model.Resource;
import org.codehaus.plexus.util.xml.Xpp3Dom;

/** What is written about one module: where its sources are, and how they are compiled. */
final class Describe {
    private final Places places;

    Describe(Places places) {
        this.places = places;
    }

    void describe(Resolve.Unit unit) {
        Model model = unit.model;
        Map<String, Object> told = unit.told;
        told.put("path", unit.path);
        told.put("pom", places.shown(unit.pom));
        told.put("id", unit.id());
        told.put("packaging", model.getPackaging());
        told.put("sources", places.below(Path.of(model.getBuild().getSourceDirectory())));
        told.put("tests", places.below(Path.of(model.getBuild().getTestSourceDirectory())));
        told.put("resources", resources(model.getBuild().getResources(), model));
        told.put("testResources", resources(model.getBuild().getTestResources(), model));
        List<Object> plugins = new ArrayList<>();
        for (Plugin plugin : model.getBuild().getPlugins()) {
            for (PluginExecution execution : plugin.getExecutions()) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("name", plugin.getGroupId() + ":" + plugin.getArtifactId());
                one.put("phase", String.valueOf(execution.getPhase()));
                one.put("goals", new ArrayList<Object>(execution.getGoals()));
                InputLocation at = plugin.getLocation("artifactId");
                one.put("line", places.line(at));
                one.put("place", places.place(at));
                plugins.add(one);
            }
        }
        told.put("plugins", plugins);
        Xpp3Dom own = configuration(model, "org.apache.maven.plugins:maven-compiler-plugin");
        Xpp3Dom surefire = configuration(model, "org.apache.maven.plugins:maven-surefire-plugin");
        Properties values = model.getProperties();
        told.put("release", option(own, "release", values, "maven.compiler.release"));
        told.put("source", option(own, "source", values, "maven.compiler.source"));
        told.put("target", option(own, "target", values, "maven.compiler.target"));
        told.put("parameters", option(own, "parameters", values, "maven.compiler.parameters"));
        told.put("proc", option(own, "proc", values, "maven.compiler.proc"));
        told.put("preview", option(own, "enablePreview", values, "maven.compiler.enablePreview"));
        String encoding = option(own, "encoding", values, "encoding");
        told.put("encoding", encoding.isEmpty()
            ? values.getProperty("project.build.sourceEncoding", "") : encoding);
        List<Object> extra = new ArrayList<>();
        for (Xpp3Dom item : children(own, "compilerArgs")) {
            if (item.getValue() != null) {
                extra.add(item.getValue().trim());
            }
        }
        told.put("arguments", extra);
        told.put("mainIncludes", patterns(own, "includes"));
        told.put("mainExcludes", patterns(own, "excludes"));
        told.put("testIncludes", patterns(own, "testIncludes"));
        told.put("testExcludes", patterns(own, "testExcludes"));
        told.put("skipTests", option(surefire, "skipTests", values, "skipTests").equals("true")
            || option(surefire, "skip", values, "maven.test.skip").equals("true"));
        told.put("ignoreFailures",
            option(surefire, "testFailureIgnore", values, "maven.test.failure.ignore")
                .equals("true"));
        told.put("runIncludes", patterns(surefire, "includes"));
        told.put("runExcludes", patterns(surefire, "excludes"));
        told.put("argLine", option(surefire, "argLine", values, "argLine"));
        Map<String, Object> systemProperties = new LinkedHashMap<>();
        for (Xpp3Dom item : children(surefire, "systemPropertyVariables")) {
            systemProperties.put(item.getName(), String.valueOf(item.getValue()));
        }
        told.put("systemProperties", systemProperties);
        Map<String, Object> environment = new LinkedHashMap<>();
        for (Xpp3Dom item : children(surefire, "environmentVariables")) {
            environment.put(item.getName(), String.valueOf(item.getValue()));
        }
        told.put("environment", environment);
        told.put("entries", new ArrayList<>());
        told.put("processors", new ArrayList<>());
    }

    List<Object> resources(List<Resource> from, Model model) {
        List<Object> all = new ArrayList<>();
        for (Resource resource : from) {
            if (places.below(Path.of(resource.getDirectory())).isEmpty()) {
                continue;
            }
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("directory", places.shown(Path.of(resource.getDirectory())));
            one.put("target", resource.getTargetPath() == null ? "" : resource.getTargetPath());
            Map<String, Object> values = new LinkedHashMap<>();
            if (resource.isFiltering()) {
                for (String name : model.getProperties().stringPropertyNames()) {
                    values.put(name, model.getProperties().getProperty(name));
                }
                values.put("project.version", model.getVersion());
                values.put("project.artifactId", model.getArtifactId());
                values.put("project.groupId", model.getGroupId());
                values.put("project.name", model.getName());
                values.put("project.description",
                    model.getDescription() == null ? "" : model.getDescription());
            }
            one.put("values", values);
            one.put("includes", new ArrayList<Object>(resource.getIncludes()));
            one.put("excludes", new ArrayList<Object>(resource.getExcludes()));
            all.add(one);
        }
        return all;
    }

    static Xpp3Dom configuration(Model model, String key) {
        Plugin plugin = model.getBuild().getPluginsAsMap().get(key);
        if (plugin == null && model.getBuild().getPluginManagement() != null) {
            plugin = model.getBuild().getPluginManagement().getPluginsAsMap().get(key);
        }
        return plugin == null ? null : (Xpp3Dom) plugin.getConfiguration();
    }

    static String option(Xpp3Dom from, String name, Properties values, String property) {
        Xpp3Dom child = from == null ? null : from.getChild(name);
        String text = child == null ? null : child.getValue();
        if (text == null || text.isBlank() || text.contains("${")) {
            text = values.getProperty(property, "");
        }
        return text.trim();
    }

    static Xpp3Dom[] children(Xpp3Dom from, String name) {
        Xpp3Dom child = from == null ? null : from.getChild(name);
        return child == null ? new Xpp3Dom[0] : child.getChildren();
    }

    /** Patterns of file names, those that can stand in one line and hold no reference. */
    static List<Object> patterns(Xpp3Dom from, String name) {
        List<Object> found = new ArrayList<>();
        for (Xpp3Dom item : children(from, name)) {
            String text = item.getValue() == null ? "" : item.getValue().trim();
            if (!text.isEmpty() && !text.contains("${")) {
                found.add(text);
            }
        }
        return found;
    }

    static String text(Xpp3Dom from, String name) {
        Xpp3Dom child = from.getChild(name);
        return child == null || child.getValue() == null ? "" : child.getValue().trim();
    }
}
