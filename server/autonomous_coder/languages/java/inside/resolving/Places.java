import java.nio.file.Path;
import org.apache.maven.model.InputLocation;

/** How files are named in what is reported: relative to the project. */
final class Places {
    private final Path root;

    Places(Path root) {
        this.root = root;
    }

    String place(InputLocation at) {
        if (at == null || at.getSource() == null || at.getSource().getLocation() == null) {
            return "";
        }
        Path place = Path.of(at.getSource().getLocation());
        return place.startsWith(root) ? shown(place) : "";
    }

    int line(InputLocation at) {
        return place(at).isEmpty() ? 0 : at.getLineNumber();
    }

    String shown(Path path) {
        Path normal = path.normalize();
        return normal.startsWith(root) ? root.relativize(normal).toString() : "";
    }

    /** The same, `.` for the top itself. */
    String below(Path path) {
        return path.normalize().equals(root) ? "." : shown(path);
    }
}
