import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.maven.model.Dependency;
import org.apache.maven.model.Exclusion;
import org.apache.maven.model.InputLocation;
import org.apache.maven.model.Model;
import org.apache.maven.model.Parent;
import org.apache.maven.model.Repository;
import org.apache.maven.model.building.DefaultModelBuilderFactory;
import org.apache.maven.model.building.DefaultModelBuildingRequest;
import org.apache.maven.model.building.FileModelSource;
import org.apache.maven.model.building.ModelBuilder;
import org.apache.maven.model.building.ModelBuildingException;
import org.apache.maven.model.building.ModelBuildingRequest;
import org.apache.maven.model.building.ModelBuildingResult;
import org.apache.maven.model.building.ModelProblem;
import org.apache.maven.model.building.ModelSource;
import org.apache.maven.model.resolution.ModelResolver;
import org.apache.maven.model.resolution.UnresolvableModelException;
import org.apache.maven.repository.internal.MavenRepositorySystemUtils;
import org.codehaus.plexus.util.xml.Xpp3Dom;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.ArtifactType;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.artifact.DefaultArtifactType;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.collection.CollectResult;
import org.eclipse.aether.collection.DependencyCollectionException;
import org.eclipse.aether.graph.DependencyNode;
import org.eclipse.aether.impl.DefaultServiceLocator;
import org.eclipse.aether.repository.LocalRepository;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.repository.RepositoryPolicy;
import org.eclipse.aether.repository.WorkspaceReader;
import org.eclipse.aether.repository.WorkspaceRepository;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;
import org.eclipse.aether.resolution.ArtifactResult;
import org.eclipse.aether.spi.connector.RepositoryConnectorFactory;
import org.eclipse.aether.spi.connector.transport.TransporterFactory;
import org.eclipse.aether.connector.basic.BasicRepositoryConnectorFactory;
import org.eclipse.aether.util.graph.visitor.PreorderNodeListGenerator;
import org.eclipse.aether.util.repository.SimpleResolutionErrorPolicy;

/**
 * Run in the fetch phase, started from source on Maven's own libraries: reads the models of all
 * modules, resolves their dependencies and lays them out. No plugin and no extension is ever run.
 *
 * <p>Arguments: the project, the target, the downloads, the report, "offline" or "online".
 */
class Resolve {
    static final String JUNIT4_RUNNER = "5.13.4";
    static final int MAX_MODULES = 200;
    static final int MAX_PACKAGES = 4_000;

    final Path root;
    final Path target;
    final Places places;
    final RepositorySystem system;
    final DefaultRepositorySystemSession session;
    final List<RemoteRepository> repositories;
    final ModelBuilder builder = new DefaultModelBuilderFactory().newInstance();
    final Map<String, Unit> reactor = new LinkedHashMap<>();
    final List<Map<String, Object>> errors = new ArrayList<>();
    final List<Map<String, Object>> warnings = new ArrayList<>();
    final Map<String, Map<String, Object>> jars = new TreeMap<>();
    final Set<String> ownRepositories = new LinkedHashSet<>();

    /** One module: its effective model and what is written about it. */
    static final class Unit {
        Path pom;
        String path;
        Model model;
        final Map<String, Object> told = new LinkedHashMap<>();

        String id() {
            return model.getGroupId() + ":" + model.getArtifactId() + ":" + model.getVersion();
        }
    }

    public static void main(String[] arguments) throws Exception {
        Path report = Path.of(arguments[3]);
        Resolve work = new Resolve(
            Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]),
            arguments[4].equals("offline"));
        if (Files.isRegularFile(work.root.resolve("pom.xml"))) {
            work.readModules();
            if (work.errors.isEmpty()) {
                work.order();
                for (Unit unit : new ArrayList<>(work.reactor.values())) {
                    work.resolve(unit);
                }
            }
        }
        boolean well = work.errors.isEmpty();
        if (well) {
            Set<String> launchers = new LinkedHashSet<>();
            work.reactor.values().forEach(unit ->
                launchers.add(String.valueOf(unit.told.getOrDefault("launcher", ""))));
            launchers.remove("");
            Tools.compile(Path.of(arguments[5]), work.target, launchers, work.jars.keySet());
            List<Object> modules = new ArrayList<>();
            work.reactor.values().forEach(unit -> modules.add(unit.told));
            Map<String, Object> plan = new LinkedHashMap<>();
            plan.put("warnings", work.warnings);
            plan.put("modules", modules);
            plan.put("jars", work.jars);
            Files.writeString(work.target.resolve("plan.json"), Json.text(plan));
        }
        Map<String, Object> said = new LinkedHashMap<>();
        said.put("errors", work.errors);
        said.put("trouble", Web.trouble);
        said.put("offline", work.session.isOffline());
        said.put("repositories", new ArrayList<>(work.ownRepositories));
        Files.writeString(report, Json.text(said));
        System.exit(well ? 0 : 3);
    }

    Resolve(Path root, Path target, Path downloads, boolean offline) throws Exception {
        this.root = root.toRealPath();
        this.target = target;
        places = new Places(this.root);
        DefaultServiceLocator locator = MavenRepositorySystemUtils.newServiceLocator();
        locator.addService(RepositoryConnectorFactory.class, BasicRepositoryConnectorFactory.class);
        locator.addService(TransporterFactory.class, Web.Factory.class);
        system = locator.getService(RepositorySystem.class);
        session = MavenRepositorySystemUtils.newSession();
        session.setLocalRepositoryManager(
            system.newLocalRepositoryManager(
                session, new LocalRepository(downloads.resolve("repository").toFile())));
        session.setOffline(offline);
        session.setWorkspaceReader(new Reactor());
        session.setResolutionErrorPolicy(new SimpleResolutionErrorPolicy(false, false));
        session.setChecksumPolicy(RepositoryPolicy.CHECKSUM_POLICY_FAIL);
        session.setUpdatePolicy(RepositoryPolicy.UPDATE_POLICY_DAILY);
        session.setConfigProperty("aether.connector.basic.threads", 8);
        session.setConfigProperty("aether.dependencyCollector.impl", "bf");
        session.setSystemProperties(System.getProperties());
        String address = System.getenv().getOrDefault("MAVEN_REPOSITORY", "");
        if (address.isEmpty()) {
            // Nothing can be fetched, so what is kept under this name is all there is.
            address = "file:///nowhere/";
            session.setOffline(true);
        }
        repositories = List.of(
            new RemoteRepository.Builder("central", "default", address)
                .setPolicy(new RepositoryPolicy(
                    true, RepositoryPolicy.UPDATE_POLICY_DAILY,
                    RepositoryPolicy.CHECKSUM_POLICY_FAIL))
                .build());
    }

    /* ---- models ---- */

    void readModules() {
        List<Path> waiting = new ArrayList<>(List.of(root.resolve("pom.xml")));
        Set<Path> seen = new LinkedHashSet<>();
        while (!waiting.isEmpty() && seen.size() < MAX_MODULES) {
            Path pom = waiting.remove(0).normalize();
            if (!pom.startsWith(root) || !seen.add(pom)) {
                continue;
            }
            Unit unit = readModel(pom);
            if (unit == null) {
                continue;
            }
            for (String name : unit.model.getModules()) {
                Path place = pom.getParent().resolve(name);
                Path inner = name.endsWith(".xml") ? place : place.resolve("pom.xml");
                if (Files.isRegularFile(inner)) {
                    waiting.add(inner);
                } else {
                    InputLocation at = unit.model.getLocation("modules");
                    error("model", "the module '" + name + "' has no pom.xml", pom, at);
                }
            }
        }
    }

    Unit readModel(Path pom) {
        DefaultModelBuildingRequest request = new DefaultModelBuildingRequest();
        request.setPomFile(pom.toFile());
        request.setModelResolver(new Models());
        request.setValidationLevel(ModelBuildingRequest.VALIDATION_LEVEL_STRICT);
        request.setProcessPlugins(true);
        request.setLocationTracking(true);
        Properties properties = new Properties();
        properties.putAll(System.getProperties());
        request.setSystemProperties(properties);
        List<ModelProblem> problems;
        Unit unit = null;
        try {
            ModelBuildingResult result = builder.build(request);
            unit = new Unit();
            unit.pom = pom;
            Path directory = pom.getParent();
            unit.path = directory.equals(root) ? "" : places.shown(directory);
            unit.model = result.getEffectiveModel();
            reactor.put(unit.id(), unit);
            for (Repository repository : unit.model.getRepositories()) {
                if (!"central".equals(repository.getId())) {
                    ownRepositories.add(repository.getId());
                }
            }
            problems = result.getProblems();
        } catch (ModelBuildingException failure) {
            problems = failure.getProblems();
            for (Repository repository : failure.getModel() == null
                    ? List.<Repository>of() : failure.getModel().getRepositories()) {
                if (!"central".equals(repository.getId())) {
                    ownRepositories.add(repository.getId());
                }
            }
            if (problems.isEmpty()) {
                error("model", String.valueOf(failure.getMessage()), pom, null);
            }
        }
        for (ModelProblem problem : problems) {
            boolean fatal = unit == null && problem.getSeverity() != ModelProblem.Severity.WARNING;
            String source = String.valueOf(problem.getSource());
            Path place = source.isEmpty() ? pom : Path.of(source);
            Throwable cause = problem.getException();
            while (cause != null && !(cause instanceof UnresolvableModelException)) {
                cause = cause.getCause();
            }
            Map<String, Object> told = new LinkedHashMap<>();
            told.put("kind", cause == null ? "model" : "artifact");
            told.put("message", String.valueOf(problem.getMessage()));
            told.put("path", place.startsWith(root) ? places.shown(place) : places.shown(pom));
            told.put("line", place.startsWith(root) ? problem.getLineNumber() : 0);
            told.put("column", place.startsWith(root) ? problem.getColumnNumber() : 0);
            (fatal ? errors : warnings).add(told);
        }
        return unit;
    }

    /** Modules that others need come first. */
    void order() {
        Map<String, Unit> sorted = new LinkedHashMap<>();
        Set<String> open = new LinkedHashSet<>();
        new ArrayList<>(reactor.values()).forEach(unit -> visit(unit, sorted, open));
        reactor.clear();
        reactor.putAll(sorted);
    }

    void visit(Unit unit, Map<String, Unit> sorted, Set<String> open) {
        if (sorted.containsKey(unit.id()) || !open.add(unit.id())) {
            return;
        }
        for (Dependency need : unit.model.getDependencies()) {
            Unit other =
                reactor.get(need.getGroupId() + ":" + need.getArtifactId() + ":" + need.getVersion());
            if (other != null) {
                visit(other, sorted, open);
            }
        }
        sorted.put(unit.id(), unit);
    }

    /* ---- dependencies ---- */

    void resolve(Unit unit) {
        Model model = unit.model;
        new Describe(places).describe(unit);
        List<org.eclipse.aether.graph.Dependency> wanted = new ArrayList<>();
        List<Object> direct = new ArrayList<>();
        for (Dependency need : model.getDependencies()) {
            wanted.add(converted(need));
            Map<String, Object> told = new LinkedHashMap<>();
            told.put("name", need.getGroupId() + ":" + need.getArtifactId());
            told.put("version", need.getVersion());
            told.put("scope", need.getScope() == null ? "compile" : need.getScope());
            told.put("place", places.place(need.getLocation("artifactId")));
            told.put("line", places.line(need.getLocation("artifactId")));
            direct.add(told);
        }
        unit.told.put("direct", direct);
        List<DependencyNode> nodes = collect(unit, wanted);
        if (nodes == null) {
            return;
        }
        List<org.eclipse.aether.graph.Dependency> runner = runner(unit, nodes);
        Set<String> plain = new LinkedHashSet<>();
        nodes.forEach(node -> plain.add(key(node.getArtifact())));
        if (!runner.isEmpty()) {
            List<org.eclipse.aether.graph.Dependency> all = new ArrayList<>(wanted);
            all.addAll(runner);
            nodes = collect(unit, all);
            if (nodes == null) {
                return;
            }
        }
        Map<String, File> files = download(unit, nodes);
        if (files == null) {
            return;
        }
        List<Object> entries = new ArrayList<>();
        for (DependencyNode node : nodes) {
            Artifact artifact = node.getArtifact();
            File file = files.get(full(artifact));
            String entry = file == null ? "" : laid(artifact, file);
            if (entry.isEmpty()) {
                continue;
            }
            Map<String, Object> told = new LinkedHashMap<>();
            told.put("name", artifact.getGroupId() + ":" + artifact.getArtifactId());
            told.put("version", artifact.getVersion());
            told.put("scope", plain.contains(key(artifact))
                ? node.getDependency().getScope() : "runner");
            told.put("entry", entry);
            entries.add(told);
        }
        unit.told.put("entries", entries);
        unit.told.put("processors", processors(unit));
    }

    List<DependencyNode> collect(Unit unit, List<org.eclipse.aether.graph.Dependency> wanted) {
        CollectRequest request = new CollectRequest();
        request.setDependencies(wanted);
        request.setRepositories(repositories);
        if (unit.model.getDependencyManagement() != null) {
            for (Dependency managed : unit.model.getDependencyManagement().getDependencies()) {
                request.addManagedDependency(converted(managed));
            }
        }
        request.setRootArtifact(new DefaultArtifact(
            unit.model.getGroupId(), unit.model.getArtifactId(), "pom", unit.model.getVersion()));
        try {
            CollectResult result = system.collectDependencies(session, request);
            PreorderNodeListGenerator list = new PreorderNodeListGenerator();
            result.getRoot().accept(list);
            List<DependencyNode> nodes = new ArrayList<>();
            for (DependencyNode node : list.getNodes()) {
                if (node.getDependency() != null) {
                    nodes.add(node);
                }
            }
            return nodes;
        } catch (DependencyCollectionException failure) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause.getCause() == null) {
                    error("artifact", String.valueOf(cause.getMessage()), unit.pom,
                        mentioned(unit, String.valueOf(failure.getMessage())));
                }
            }
            return null;
        }
    }

    Map<String, File> download(Unit unit, List<DependencyNode> nodes) {
        List<ArtifactRequest> requests = new ArrayList<>();
        Map<String, File> files = new LinkedHashMap<>();
        Map<String, Dependency> system = new LinkedHashMap<>();
        for (Dependency need : unit.model.getDependencies()) {
            if ("system".equals(need.getScope())) {
                system.put(need.getGroupId() + ":" + need.getArtifactId(), need);
            }
        }
        for (DependencyNode node : nodes) {
            Artifact artifact = node.getArtifact();
            String name = artifact.getGroupId() + ":" + artifact.getArtifactId();
            // A jar in the tree itself, or in the system: the project's own business.
            if (!system.containsKey(name)) {
                requests.add(new ArtifactRequest(artifact, repositories, null));
            }
        }
        List<ArtifactResult> results;
        boolean well = true;
        try {
            results = this.system.resolveArtifacts(session, requests);
        } catch (ArtifactResolutionException failure) {
            results = failure.getResults();
            well = false;
        }
        for (ArtifactResult result : results) {
            Artifact artifact = result.getRequest().getArtifact();
            if (result.isResolved()) {
                files.put(full(artifact), result.getArtifact().getFile());
                continue;
            }
            String why = result.getExceptions().isEmpty()
                ? artifact + " cannot be resolved"
                : result.getExceptions().get(result.getExceptions().size() - 1).getMessage();
            error("artifact", why, unit.pom, mentioned(unit, why));
        }
        return well ? files : null;
    }

    InputLocation mentioned(Unit unit, String text) {
        for (Dependency need : unit.model.getDependencies()) {
            if (text.contains(need.getGroupId() + ":" + need.getArtifactId() + ":")) {
                return need.getLocation("artifactId");
            }
        }
        return null;
    }

    /** What the tests of a module need beyond what it declares: the launcher, and an engine. */
    List<org.eclipse.aether.graph.Dependency> runner(Unit unit, List<DependencyNode> nodes) {
        Map<String, String> found = new LinkedHashMap<>();
        for (DependencyNode node : nodes) {
            Artifact artifact = node.getArtifact();
            found.putIfAbsent(
                artifact.getGroupId() + ":" + artifact.getArtifactId(), artifact.getVersion());
        }
        String api = found.get("org.junit.jupiter:junit-jupiter-api");
        String commons = found.get("org.junit.platform:junit-platform-commons");
        String four = found.get("junit:junit");
        unit.told.put("jupiter", api == null ? "" : api);
        unit.told.put("junit4", four == null ? "" : four);
        unit.told.put("testng", found.getOrDefault("org.testng:testng", ""));
        unit.told.put("launcher", "");
        if (commons == null && four == null) {
            return List.of();
        }
        String platform = commons != null ? commons : platformOf(JUNIT4_RUNNER);
        List<org.eclipse.aether.graph.Dependency> more = new ArrayList<>();
        unit.told.put("launcher", platform);
        more.add(runnable("org.junit.platform", "junit-platform-launcher", platform));
        if (api != null && !found.containsKey("org.junit.jupiter:junit-jupiter-engine")) {
            more.add(runnable("org.junit.jupiter", "junit-jupiter-engine", api));
        }
        if (four != null && !found.containsKey("org.junit.vintage:junit-vintage-engine")) {
            String version = api != null ? api
                : commons != null && commons.startsWith("1.") ? "5" + commons.substring(1)
                : commons != null ? commons : JUNIT4_RUNNER;
            more.add(runnable("org.junit.vintage", "junit-vintage-engine", version));
        }
        return more;
    }

    static String platformOf(String jupiter) {
        return jupiter.startsWith("5.") ? "1" + jupiter.substring(1) : jupiter;
    }

    static org.eclipse.aether.graph.Dependency runnable(String group, String name, String version) {
        return new org.eclipse.aether.graph.Dependency(
            new DefaultArtifact(group, name, "jar", version), "test");
    }

    org.eclipse.aether.graph.Dependency converted(Dependency need) {
        ArtifactType type = session.getArtifactTypeRegistry().get(need.getType());
        if (type == null) {
            type = new DefaultArtifactType(need.getType());
        }
        Map<String, String> properties = need.getSystemPath() == null
            ? Collections.emptyMap() : Map.of("localPath", need.getSystemPath());
        Artifact artifact = new DefaultArtifact(
            need.getGroupId(), need.getArtifactId(), need.getClassifier(), null,
            need.getVersion(), properties, type);
        List<org.eclipse.aether.graph.Exclusion> without = new ArrayList<>();
        for (Exclusion item : need.getExclusions()) {
            without.add(new org.eclipse.aether.graph.Exclusion(
                item.getGroupId(), item.getArtifactId(), "*", "*"));
        }
        return new org.eclipse.aether.graph.Dependency(
            artifact, need.getScope() == null ? "" : need.getScope(),
            need.getOptional() != null && need.isOptional(), without);
    }

    /** Annotation processors with a path of their own. */
    List<Object> processors(Unit unit) {
        Xpp3Dom own = Describe.configuration(unit.model, "org.apache.maven.plugins:maven-compiler-plugin");
        List<org.eclipse.aether.graph.Dependency> wanted = new ArrayList<>();
        for (Xpp3Dom item : Describe.children(own, "annotationProcessorPaths")) {
            String group = Describe.text(item, "groupId");
            String name = Describe.text(item, "artifactId");
            String version = Describe.text(item, "version");
            if (version.isEmpty() && unit.model.getDependencyManagement() != null) {
                for (Dependency one : unit.model.getDependencyManagement().getDependencies()) {
                    if (one.getGroupId().equals(group) && one.getArtifactId().equals(name)) {
                        version = one.getVersion();
                    }
                }
            }
            wanted.add(new org.eclipse.aether.graph.Dependency(
                new DefaultArtifact(group, name, "jar", version), "runtime"));
        }
        List<Object> entries = new ArrayList<>();
        if (!wanted.isEmpty()) {
            List<DependencyNode> nodes = collect(unit, wanted);
            Map<String, File> files = nodes == null ? null : download(unit, nodes);
            if (files != null) {
                for (DependencyNode node : nodes) {
                    entries.add(laid(node.getArtifact(), files.get(full(node.getArtifact()))));
                }
            }
        }
        return entries;
    }

    /** Where an artifact stands in the target: a jar, or the classes of a module. */
    String laid(Artifact artifact, File file) {
        Unit own = reactor.get(
            artifact.getGroupId() + ":" + artifact.getArtifactId() + ":" + artifact.getVersion());
        if (own != null) {
            return "tests".equals(artifact.getClassifier())
                ? "test:" + own.path : "main:" + own.path;
        }
        if (!"jar".equals(artifact.getExtension())) {
            return "";
        }
        String suffix = artifact.getClassifier().isEmpty() ? "" : "-" + artifact.getClassifier();
        String name = "lib/" + artifact.getGroupId() + "." + artifact.getArtifactId() + "-"
            + artifact.getVersion() + suffix + ".jar";
        if (!jars.containsKey(name)) {
            Map<String, Object> told = new LinkedHashMap<>();
            told.put("id", artifact.getGroupId() + ":" + artifact.getArtifactId() + ":"
                + artifact.getVersion());
            Set<String> packages = new TreeSet<>();
            boolean processor = false;
            try {
                Path place = target.resolve(name);
                Files.createDirectories(place.getParent());
                Files.copy(file.toPath(), place, StandardCopyOption.REPLACE_EXISTING);
                try (JarFile jar = new JarFile(place.toFile(), false)) {
                    for (JarEntry entry : Collections.list(jar.entries())) {
                        String inner = entry.getName();
                        int end = inner.lastIndexOf('/');
                        if (inner.endsWith(".class") && end > 0 && !inner.startsWith("META-INF/")
                                && packages.size() < MAX_PACKAGES) {
                            packages.add(inner.substring(0, end).replace('/', '.'));
                        }
                        processor |= inner.equals(
                            "META-INF/services/javax.annotation.processing.Processor");
                    }
                }
            } catch (IOException failure) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("kind", "artifact");
                one.put("message", name + " cannot be read: " + failure.getMessage());
                one.put("path", "");
                one.put("line", 0);
                one.put("column", 0);
                errors.add(one);
            }
            told.put("packages", new ArrayList<Object>(packages));
            told.put("processor", processor);
            jars.put(name, told);
        }
        return name;
    }

    /* ---- small things ---- */

    void error(String kind, String message, Path pom, InputLocation at) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("kind", kind);
        told.put("message", message);
        Path place = at == null || at.getSource() == null || at.getSource().getLocation() == null
            ? pom : Path.of(at.getSource().getLocation());
        boolean ours = place.startsWith(root);
        told.put("path", places.shown(ours ? place : pom));
        told.put("line", at == null || !ours ? 0 : at.getLineNumber());
        told.put("column", at == null || !ours ? 0 : Math.max(0, at.getColumnNumber()));
        errors.add(told);
    }

    static String key(Artifact artifact) {
        return artifact.getGroupId() + ":" + artifact.getArtifactId() + ":"
            + artifact.getClassifier() + ":" + artifact.getExtension();
    }

    static String full(Artifact artifact) {
        return key(artifact) + ":" + artifact.getVersion();
    }

    /** The modules, so that they are never asked of a repository. */
    final class Reactor implements WorkspaceReader {
        private final WorkspaceRepository repository = new WorkspaceRepository("reactor");

        @Override
        public WorkspaceRepository getRepository() {
            return repository;
        }

        @Override
        public File findArtifact(Artifact artifact) {
            Unit unit = reactor.get(
                artifact.getGroupId() + ":" + artifact.getArtifactId() + ":"
                    + artifact.getVersion());
            return unit == null ? null : unit.pom.toFile();
        }

        @Override
        public List<String> findVersions(Artifact artifact) {
            List<String> versions = new ArrayList<>();
            for (Unit unit : reactor.values()) {
                if (unit.model.getGroupId().equals(artifact.getGroupId())
                        && unit.model.getArtifactId().equals(artifact.getArtifactId())) {
                    versions.add(unit.model.getVersion());
                }
            }
            return versions;
        }
    }

    /** Parents and imported models. */
    final class Models implements ModelResolver {
        @Override
        public ModelSource resolveModel(String group, String name, String version)
                throws UnresolvableModelException {
            Unit unit = reactor.get(group + ":" + name + ":" + version);
            if (unit != null) {
                return new FileModelSource(unit.pom.toFile());
            }
            try {
                Artifact pom = new DefaultArtifact(group, name, "", "pom", version);
                ArtifactResult result =
                    system.resolveArtifact(session, new ArtifactRequest(pom, repositories, null));
                return new FileModelSource(result.getArtifact().getFile());
            } catch (ArtifactResolutionException failure) {
                throw new UnresolvableModelException(
                    failure.getMessage(), group, name, version, failure);
            }
        }

        @Override
        public ModelSource resolveModel(Parent parent) throws UnresolvableModelException {
            return resolveModel(parent.getGroupId(), parent.getArtifactId(), parent.getVersion());
        }

        @Override
        public ModelSource resolveModel(Dependency need) throws UnresolvableModelException {
            return resolveModel(need.getGroupId(), need.getArtifactId(), need.getVersion());
        }

        @Override
        public void addRepository(Repository repository) {
            // Only the repository the machine is configured for is asked.
        }

        @Override
        public void addRepository(Repository repository, boolean replace) {
            // Only the repository the machine is configured for is asked.
        }

        @Override
        public ModelResolver newCopy() {
            return this;
        }
    }
}
