"""Joint resolution: uv decides, every hold is explained, offline is told."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from autonomous_coder.engines.research.lockfile import constraint_on, explanation
from autonomous_coder.errors import (
    InvalidInputError,
    NetworkUnavailableError,
    ResolutionError,
    UnsupportedError,
)
from autonomous_coder.models.generation import Dependencies
from autonomous_coder.models.technology import Origin, Resolution
from registry_standin import RegistryStandin
from research_helpers import engine

pytestmark = pytest.mark.anyio


async def resolve(
    work_dir: Path, *packages: str, runtime: str = ">=3.11", offline: bool = False
) -> Resolution:
    stack = Dependencies(ecosystem="pypi", runtime=runtime, packages=list(packages))
    async with engine(work_dir, timeout=30) as research:
        return await research.resolve(stack, offline=offline)


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No network and nothing in uv's cache."""
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple/")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


@pytest.mark.parametrize("offline", [True, False])
@pytest.mark.usefixtures("unreachable")
async def test_without_network_the_last_known_good_set_is_used_and_marked(
    tmp_path: Path, offline: bool
) -> None:
    found = await resolve(tmp_path, "fastapi", "sqlalchemy[asyncio]>=2", offline=offline)
    assert found.origin is Origin.CURATED
    assert set(found.versions()) == {"fastapi", "sqlalchemy"}
    assert all(pin.origin is Origin.CURATED and not pin.newest for pin in found.pins)
    assert found.resolved_at is not None
    assert found.resolved_at.year == 2026
    assert "last known good" in found.notes[0]


@pytest.mark.usefixtures("unreachable")
async def test_without_network_what_the_good_set_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(NetworkUnavailableError, match="some-unknown-thing"):
        await resolve(tmp_path, "fastapi", "some-unknown-thing", offline=True)
    with pytest.raises(NetworkUnavailableError, match="fastapi"):
        await resolve(tmp_path, "fastapi>=99", offline=True)


@pytest.mark.parametrize(
    "package",
    [
        "evil @ https://example.org/x.tar.gz",
        "evil @ file:///etc",
        "-r /etc/passwd",
        "--index-url=https://example.org",
        'x"\n[tool.uv]\nindex-url = "http://evil"',
        "",
        "a" * 400,
    ],
)
async def test_only_names_with_ranges_are_resolved(tmp_path: Path, package: str) -> None:
    with pytest.raises(InvalidInputError):
        await resolve(tmp_path, package)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("runtime", ["<3", "three", ">=3.11\nx", ">=9"])
async def test_a_runtime_that_is_no_python_3_is_refused(tmp_path: Path, runtime: str) -> None:
    with pytest.raises(InvalidInputError):
        await resolve(tmp_path, "fastapi", runtime=runtime)


async def test_other_ecosystems_are_refused_plainly(tmp_path: Path) -> None:
    stack = Dependencies(ecosystem="rubygems", runtime="", packages=["rails"])
    async with engine(tmp_path) as research:
        with pytest.raises(UnsupportedError):
            await research.resolve(stack)


def test_the_constraint_that_holds_a_package_is_found_in_uvs_reasoning() -> None:
    said = (
        "error: No solution found when resolving dependencies\n"
        "  cause: Because fastapi==0.115.0 depends on starlette>=0.37.2,<0.39.0 and your project\n"
        "         depends on fastapi==0.115.0, we can conclude that your project depends on\n"
        "         starlette>=0.37.2,<0.39.0.\n"
        "         And because your project depends on starlette>=1.10.0, we can conclude that\n"
        "         your project's requirements are unsatisfiable.\n"
    )
    assert constraint_on(said, "starlette") == (
        "fastapi 0.115.0 depends on starlette>=0.37.2,<0.39.0"
    )
    assert constraint_on(said, "anyio") == ""
    assert explanation(said).startswith("Because fastapi==0.115.0 depends on")
    assert "your project" not in explanation(said)


@pytest.mark.live
@pytest.mark.slow
async def test_a_stack_resolves_to_the_newest_and_each_hold_is_explained(tmp_path: Path) -> None:
    found = await resolve(
        tmp_path, "fastapi", "sqlalchemy[asyncio]", "django", "anyio<4.10", "pytest"
    )
    direct = {pin.name: pin for pin in found.pins if pin.direct}
    assert set(direct) == {"fastapi", "sqlalchemy", "django", "anyio", "pytest"}
    assert found.origin is Origin.LIVE
    for pin in direct.values():
        assert pin.newest
        assert bool(pin.held_by) == (pin.version != pin.newest), pin
    assert "requires Python" in direct["django"].held_by
    assert "anyio<4.10" in direct["anyio"].held_by
    assert not list(tmp_path.iterdir())


@pytest.mark.live
@pytest.mark.slow
async def test_a_package_held_by_another_names_that_one(tmp_path: Path) -> None:
    found = await resolve(tmp_path, "fastapi==0.115.0", "starlette")
    starlette = next(pin for pin in found.pins if pin.name == "starlette")
    assert starlette.held_by.startswith("fastapi 0.115.0 depends on starlette")


@pytest.mark.live
@pytest.mark.slow
async def test_a_python_that_is_not_installed_can_still_be_resolved_for(tmp_path: Path) -> None:
    found = await resolve(tmp_path, "numpy", runtime=">=3.14")
    numpy = next(pin for pin in found.pins if pin.name == "numpy")
    assert numpy.version == numpy.newest


@pytest.mark.live
@pytest.mark.slow
async def test_what_cannot_go_together_is_an_error_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(ResolutionError, match="starlette"):
        await resolve(tmp_path, "fastapi==0.115.0", "starlette>=1")
    async with engine(tmp_path, timeout=30) as research:
        assert not await research.validate_compatibility(
            {"python": ">=3.11", "fastapi": "0.115.0", "starlette": ">=1"}
        )
        assert await research.validate_compatibility({"python": ">=3.11", "fastapi": ">=0.115"})


@pytest.mark.slow
@pytest.mark.parametrize("runtime", [">=3.11", ">=3.40"])
async def test_an_index_that_only_pips_settings_name_is_used_with_its_credentials(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, runtime: str
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.delenv("UV_INDEX_URL", raising=False)
    with RegistryStandin() as registry:
        registry.add_python("inner-demo", {"1.0": {}, "2.0": {}})
        for version in ("1.0", "2.0"):
            wheel = f"/files/inner_demo-{version}-py3-none-any.whl"
            registry.pages[wheel] = ("application/zip", wheel_of("inner_demo", version))
        address = registry.python_index.replace("http://", "http://reader:s3cret@")
        monkeypatch.setenv("PIP_INDEX_URL", address)
        found = await resolve(tmp_path / "work", "inner-demo", runtime=runtime)
        assert registry.last("/simple/inner-demo/").headers["authorization"]
    assert found.versions() == {"inner-demo": "2.0"}
    assert "s3cret" not in str(found)
    assert not list((tmp_path / "work").iterdir())


def wheel_of(name: str, version: str) -> bytes:
    """The smallest wheel that uv reads."""
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        info = f"{name}-{version}.dist-info"
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return buffer.getvalue()
