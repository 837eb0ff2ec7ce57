"""Credentials in files are found by kind and place, and are never repeated."""

from __future__ import annotations

import random
import string
from pathlib import Path

import pytest

from autonomous_coder.models.validation import CheckStatus, Severity
from validating import build_file_tree, make_validator, result_of

pytestmark = [pytest.mark.anyio, pytest.mark.sandbox]

CHANCE = random.Random(20261122)
ALNUM = string.ascii_letters + string.digits


def chars(count: int, alphabet: str = ALNUM) -> str:
    return "".join(CHANCE.choice(alphabet) for _ in range(count))


# Put together here, so that no file of this repository holds one.
UPPER = string.ascii_uppercase + "234567"
DIGITS = "123456789"
TOKENS = {
    "github-pat": "ghp" + "_" + chars(36),
    "gitlab-pat": "glpat" + "-" + chars(20),
    "slack-bot-token": "xoxb-" + "-".join((chars(12, DIGITS), chars(12, DIGITS), chars(24))),
    "stripe-access-token": "sk_" + "live_" + chars(24),
    "npmjsaccesstoken": "npm" + "_" + chars(36),
    "pypi-upload-token": "pypi-AgEIcHlwaS5vcmc" + chars(80),
    "openai-api-key": "sk-proj-" + chars(58) + "T3Blbk" + "FJ" + chars(58),
    "anthropic-api-key": "sk-ant-" + "api03-" + chars(93) + "AA",
    "gcp-api-key": "AIza" + chars(35),
}
AWS_ID, AWS_SECRET = "AKIA" + chars(16, UPPER), chars(40)
PASSWORD = "Xk29" + chars(10)
SIGNING = chars(40)
PEM = "\n".join(chars(64) for _ in range(12))

FAULTY = {
    **{
        f"app/{kind.replace('-', '_')}.py": f'"""Client."""\n\nVALUE = "{token}"\n'
        for kind, token in TOKENS.items()
    },
    "deploy/key.pem": f"-----BEGIN RSA PRIVATE KEY-----\n{PEM}\n-----END RSA PRIVATE KEY-----\n",
    "app/cloud.py": f'AWS_ACCESS_KEY_ID = "{AWS_ID}"\nAWS_SECRET_ACCESS_KEY = "{AWS_SECRET}"\n',
    "src/auth.ts": f'\nexport const JWT_SECRET = "{SIGNING}";\njwt.sign(user, "k9-{SIGNING}");\n',
    "src/db.go": f'package db\n\nconst url = "postgres://app:{PASSWORD}@db.internal.net:5432/app"\n',
    "conf/app.properties": f"spring.datasource.password={PASSWORD}\n",
    "app/hidden.py": f'api_key = "{chars(32)}9x"  # pragma: allowlist secret\n',
    ".gitleaks.toml": '[allowlist]\npaths = [".*"]\n',
    # More harmless ones than are listed stand before the real one, and so do zero bytes.
    "app/many.py": "".join(
        f'A{n} = "postgres://app:{chars(12)}7x@localhost/app"\n' for n in range(60)
    )
    + f'B = "{TOKENS["github-pat"]}"\n',
    "app/zero.py": f'"""\0\0"""\n\nVALUE = "{TOKENS["gitlab-pat"]}"\n',
    "tests/test_a.py": f'PASSWORD = "{PASSWORD}"\nTOKEN = "{TOKENS["github-pat"]}"\n',
    "pyproject.toml": '[project]\nname = "a"\nversion = "1"\n',
}

HARMLESS = {
    "pyproject.toml": '[project]\nname = "a"\nversion = "1"\n',
    ".env.example": f"SECRET_KEY={SIGNING}\nDATABASE_URL=postgres://app:{PASSWORD}@db.corp.net/a\n",
    "package-lock.json": '{"integrity": "sha512-' + chars(86) + '=="}\n',
    "uv.lock": 'hash = "sha256:' + chars(64, "0123456789abcdef") + '"\n',
    "app/settings.py": (
        'API_KEY_HEADER = "X-Api-Key-2"\n'
        'PASSWORD_RESET_URL = "/auth/reset/v2"\n'
        'token_type: str = "bearer"\n'
        'password = "changeme"\n'
        'secret_id = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"\n'
        'secret_key = os.environ["SECRET_KEY"]\n'
        'url = "postgres://postgres:postgres@localhost:5432/app"\n'
        'url2 = "postgres://app:${PASSWORD}@db.corp.net/app"\n'
        'password_hint = "at least 8 characters 1 digit"\n'
        'AWS_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"\n'
        'JWT_SECRET = "dev-secret-change-me-please"\n'
    ),
    "docker-compose.yml": (
        "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD:-postgres}\n"
        "    image: postgres@sha256:" + chars(64, "0123456789abcdef") + "\n"
    ),
    ".github/workflows/ci.yml": (
        "steps:\n  - uses: actions/checkout@" + chars(40, "0123456789abcdef") + "\n"
        "    with:\n      token: ${{ secrets.GITHUB_TOKEN }}\n"
    ),
    "tests/conftest.py": f'PASSWORD = "{PASSWORD}"\n',
    "logo.bin": "\0\1" + SIGNING,
    "README.md": "Set `API_KEY=abcdef1234567890` first.\n",
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shared, for the rules are compiled once for each."""
    return tmp_path_factory.mktemp("secrets-cache")


async def test_credentials_are_found_by_kind_and_place_and_never_repeated(
    tmp_path: Path, cache: Path
) -> None:
    root = build_file_tree(tmp_path / "p", FAULTY)
    report = await make_validator(cache).validate(root, checks=("secrets",))
    result = result_of(report, "secrets")
    assert result.status is CheckStatus.FAILED, result.reason
    found = {(d.path, d.line): d for d in result.diagnostics if d.severity is not Severity.INFO}

    for kind in TOKENS:
        one = found[(f"app/{kind.replace('-', '_')}.py", 3)]
        assert (one.code, one.severity, one.column) == (kind, Severity.ERROR, 10)
    for path, line, severity in (
        ("deploy/key.pem", 1, Severity.ERROR),
        ("app/cloud.py", 1, Severity.ERROR),
        ("src/auth.ts", 1, Severity.WARNING),
        ("src/auth.ts", 2, Severity.WARNING),
        ("src/db.go", 3, Severity.WARNING),
        ("conf/app.properties", 1, Severity.WARNING),
        ("app/hidden.py", 1, Severity.WARNING),
        ("app/many.py", 61, Severity.ERROR),
        ("app/zero.py", 3, Severity.ERROR),
        # A maker's token is no test value; a password in a test is one.
        ("tests/test_a.py", 2, Severity.WARNING),
    ):
        assert found[(path, line)].severity is severity, (path, line)
    assert ("tests/test_a.py", 1) not in found
    told = {(d.code, d.path) for d in result.diagnostics if d.severity is Severity.INFO}
    assert "11 more" in next(d.message for d in result.diagnostics if d.code == "not-listed")
    assert {("not-listed", "app/many.py")} <= told
    assert {("look-away", "app/hidden.py"), ("allowlist", ".gitleaks.toml")} <= told

    kept = report.model_dump_json()
    kept += "".join(
        file.read_bytes().decode("latin-1") for file in cache.rglob("*") if file.is_file()
    )
    for secret in (*TOKENS.values(), AWS_ID, AWS_SECRET, PASSWORD, SIGNING, PEM[:64]):
        assert secret not in kept
        assert secret[8:] not in kept
        assert secret[:8] not in report.model_dump_json()


async def test_examples_placeholders_hashes_and_test_values_are_no_credentials(
    tmp_path: Path, cache: Path
) -> None:
    own = {".env": f"DATABASE_PASSWORD={PASSWORD}\n", ".gitignore": ".env\n"}
    root = build_file_tree(tmp_path / "p", {**HARMLESS, **own})
    report = await make_validator(cache).validate(root, checks=("secrets",))
    result = result_of(report, "secrets")
    assert [d for d in result.diagnostics if d.severity is not Severity.INFO] == []
    assert result.status is CheckStatus.PASSED
    assert [d.path for d in result.diagnostics if d.code == "hard-coded-secret"] == [".env"]
