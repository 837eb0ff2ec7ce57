"""Sources of small packages by others, as the registries hold them.

They come through the clients of this machine (the Python index, `npm pack`, the Go and cargo
clients, Maven), which start nothing of a package while they fetch it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path

COPYING = (
    "<project><modelVersion>4.0.0</modelVersion><groupId>fetching</groupId>"
    "<artifactId>fetching</artifactId><version>1</version><packaging>pom</packaging><build>"
    "<plugins><plugin><artifactId>maven-dependency-plugin</artifactId><configuration>"
    "<outputDirectory>{into}</outputDirectory><artifactItems>{items}</artifactItems>"
    "</configuration></plugin></plugins></build></project>"
)
SERVICES = "META-INF/services/"
COPY_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"


def python_source(name: str, version: str, into: Path) -> Path:
    """The source distribution."""
    from pypi_simple import PyPISimple

    endpoint = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("PIP_INDEX_URL")
    with PyPISimple(endpoint) if endpoint else PyPISimple() as index:
        packages = index.get_project_page(name).packages
        (file,) = (p for p in packages if p.package_type == "sdist" and p.version == version)
        index.download_package(file, into / "source.tar.gz")
    return _unpacked(into / "source.tar.gz", into / "source")


def npm_source(name: str, version: str, into: Path) -> Path:
    """The package's archive."""
    _run(["npm", "pack", f"{name}@{version}", "--silent", "--ignore-scripts"], into)
    (archive,) = into.glob("*.tgz")
    return _unpacked(archive, into / "source")


def go_source(name: str, version: str, into: Path) -> Path:
    """The module's files."""
    (into / "go.mod").write_text("module fetching\n")
    told = _run(["go", "mod", "download", "-json", f"{name}@{version}"], into)
    source = into / "source"
    shutil.copytree(json.loads(told)["Dir"], source, copy_function=shutil.copy)
    for path in (source, *source.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return source


def rust_source(name: str, version: str, into: Path) -> Path:
    """The crate's files, with the manifest that its author wrote."""
    (into / "src").mkdir()
    (into / "src" / "lib.rs").write_text("")
    manifest = '[package]\nname = "fetching"\nversion = "0.1.0"\nedition = "2021"\n'
    (into / "Cargo.toml").write_text(f'{manifest}[dependencies]\n{name} = "={version}"\n')
    _run(["cargo", "fetch"], into, CARGO_HOME=str(into / "home"))
    (found,) = (into / "home" / "registry" / "src").glob(f"*/{name}-{version}")
    shutil.copytree(found, into / "source", ignore=shutil.ignore_patterns(".cargo*"))
    original = into / "source" / "Cargo.toml.orig"
    if "workspace" not in original.read_text("utf-8"):
        original.replace(into / "source" / "Cargo.toml")
    return into / "source"


def java_source(name: str, version: str, into: Path) -> Path:
    """A Maven project put together from the published sources, test sources and pom."""
    group, _, artifact = name.partition(":")
    named = f"<groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
    items = "".join(
        f"<artifactItem>{named}<version>{version}</version>{kind}</artifactItem>"
        for kind in (
            "<type>pom</type>",
            "<classifier>sources</classifier>",
            "<classifier>test-sources</classifier>",
        )
    )
    (into / "pom.xml").write_text(COPYING.format(items=items, into=into), "utf-8")
    _run(["mvn", "-q", "-B", COPY_GOAL], into)
    project = into / "source"
    project.mkdir()
    shutil.copy(into / f"{artifact}-{version}.pom", project / "pom.xml")
    for kind, part in (("sources", "main"), ("test-sources", "test")):
        with zipfile.ZipFile(into / f"{artifact}-{version}-{kind}.jar") as archive:
            for entry in archive.infolist():
                own = entry.filename.startswith("META-INF/")
                if entry.is_dir() or (own and not entry.filename.startswith(SERVICES)):
                    continue
                place = "java" if entry.filename.endswith(".java") else "resources"
                archive.extract(entry, project / "src" / part / place)
    return project


def _unpacked(archive: Path, into: Path) -> Path:
    with tarfile.open(archive) as opened:
        opened.extractall(into, filter="data")
    (found,) = into.iterdir()
    return found


def _run(command: list[str], directory: Path, **env: str) -> str:
    done = subprocess.run(
        command, cwd=directory, env=os.environ | env, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: {done.stderr or done.stdout}")
    return done.stdout
