"""The JDK and Maven of the host, and how Java is started inside the sandbox."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from autonomous_coder.languages.base import Toolbox, Toolchain, ToolchainSpec
from autonomous_coder.models.execution import Mount

JAVA = ToolchainSpec(
    name="java",
    programs=("java",),
    version=("-version",),
    minimum=(17,),
    remedy="apt install openjdk-17-jdk-headless",
)
MAVEN = ToolchainSpec(
    name="maven",
    programs=("mvn",),
    minimum=(3, 6),
    remedy="apt install maven",
)
INSIDE = Path(__file__).parent / "inside"
INSIDE_DIR = "/inside"
INSIDE_MOUNT = Mount(INSIDE, INSIDE_DIR)
QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-XX:-UsePerfData")
"""Starting is what costs: short programs never need the slower, better compiler."""


def java_of(toolbox: Toolbox) -> Toolchain:
    """The JDK behind `java`, its compiler beside it; one without a compiler is none."""
    found = toolbox.toolchains.get(JAVA.name) or Toolchain(
        JAVA.name, reason="java was not looked for.", remedy=JAVA.remedy
    )
    if not found.found:
        return found
    # Links of the system (alternatives) may name the compiler of another JDK.
    java = Path(found.programs["java"]).resolve()
    javac = java.with_name("javac")
    if not javac.is_file():
        reason = f"Java {found.version} has no compiler (javac): it is no development kit."
        return Toolchain(JAVA.name, reason=reason, remedy=JAVA.remedy)
    programs = {"java": str(java), "javac": str(javac)}
    return Toolchain(JAVA.name, found.version, programs, _mounts(found))


def _mounts(found: Toolchain) -> tuple[Mount, ...]:
    """Those that the system directories do not show already."""
    return tuple(m for m in found.mounts if not m.target.startswith("/etc/"))


def maven_of(toolbox: Toolbox) -> Toolchain:
    """A Maven whose libraries can be used; they are added to its mounts."""
    found = toolbox.toolchains.get(MAVEN.name) or Toolchain(
        MAVEN.name, reason="mvn was not looked for.", remedy=MAVEN.remedy
    )
    if not found.found:
        return found
    if feature(found.version) >= 4:
        reason = f"Maven {found.version} has other libraries than those of Maven 3, which are used."
        return Toolchain(MAVEN.name, reason=reason, remedy=MAVEN.remedy)
    home = maven_home(found)
    if not any(home.glob("lib/maven-resolver-provider-*.jar")):
        reason = f"The libraries of Maven {found.version} were not found."
        return Toolchain(MAVEN.name, reason=reason, remedy=MAVEN.remedy)
    mounts = (*_mounts(found), Mount(home, str(home)))
    return Toolchain(found.name, found.version, found.programs, mounts)


def maven_home(maven: Toolchain) -> Path:
    """The directory of the installation behind `mvn`."""
    return Path(maven.programs["mvn"]).resolve().parent.parent


def feature(version: str) -> int:
    """The first number of a version, that of `1.8` being 8; 0 when there is none."""
    parts = [part for part in version.removeprefix("1.").split(".") if part]
    digits = "".join(c for c in (parts[0] if parts else "") if c.isdigit())
    return int(digits[:4]) if digits else 0


def programs_digest() -> str:
    """Changes with our own programs that run inside."""
    state = blake2b(digest_size=8)
    for path in sorted(INSIDE.rglob("*.java")):
        state.update(path.read_bytes())
    return state.hexdigest()


def quick(memory_bytes: int) -> tuple[str, ...]:
    """Flags of a short-lived virtual machine within a bound of memory."""
    return (*QUICK, f"-Xmx{max(128, memory_bytes * 6 // 10 // 2**20)}m")
