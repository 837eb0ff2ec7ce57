"""Which packages the code of a file uses: its import clause, made from the code itself."""

from __future__ import annotations

import re

STANDARD = (
    *(
        "bytes",
        "cmp",
        "context",
        "embed",
        "errors",
        "flag",
        "fmt",
        "io",
        "maps",
        "math",
        "net",
        "os",
    ),
    *("path", "reflect", "regexp", "slices", "strconv", "strings", "sync", "syscall", "testing"),
    *("time", "bufio", "runtime", "unicode", "text/tabwriter", "runtime/debug", "path/filepath"),
    *("go/ast", "go/doc", "go/parser", "go/token"),
    *(
        "crypto/rand",
        "crypto/sha256",
        "crypto/subtle",
        "math/big",
        "database/sql",
        "database/sql/driver",
        "encoding/base64",
        "encoding/hex",
        "encoding/json",
        "io/fs",
    ),
    *("log/slog", "net/http", "net/http/httptest", "net/mail", "net/url", "os/signal"),
    *("sync/atomic", "testing/fstest", "unicode/utf8"),
    *("mime/multipart", "net/textproto", "testing/iotest"),
)
OTHERS = {
    "argon2": "golang.org/x/crypto/argon2",
    "cobra": "github.com/spf13/cobra",
    "collectors": "github.com/prometheus/client_golang/prometheus/collectors",
    "gronx": "github.com/adhocore/gronx",
    "jwt": "github.com/golang-jwt/jwt/v5",
    "pflag": "github.com/spf13/pflag",
    "pgconn": "github.com/jackc/pgx/v5/pgconn",
    "pgtype": "github.com/jackc/pgx/v5/pgtype",
    "pgx": "github.com/jackc/pgx/v5",
    "prometheus": "github.com/prometheus/client_golang/prometheus",
    "promhttp": "github.com/prometheus/client_golang/prometheus/promhttp",
    "rapid": "pgregory.net/rapid",
    "rate": "golang.org/x/time/rate",
    "sqlite": "modernc.org/sqlite",
    "sqlite3": "modernc.org/sqlite/lib",
    "stdlib": "github.com/jackc/pgx/v5/stdlib",
    "websocket": "github.com/coder/websocket",
}
RENAMED = frozenset({"sqlite3"})
"""Packages whose path does not end with their name."""
OWN = ("api", "auth", "cli", "config", "core", "jobs", "live", "store", "testdb", "uploads")
_PLAIN = re.compile(r'//[^\n]*|`[^`]*`|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'')
_USE = re.compile(r"(?:(?<![\w.)\]])|(?<=\[\]))([a-z]\w*)\.[A-Z]")


def imports(code: str, module: str, *blank: str, root: str = "") -> str:
    """The clause for Go code, in groups: the standard library, others' packages, the project's.
    `blank` are imported for their effect alone; `root` is the clause for the package of the whole
    module, which comes before all others of its name."""
    used = set(_USE.findall(_PLAIN.sub(" ", code)))
    standard = [f'"{path}"' for path in STANDARD if path.rpartition("/")[2] in used]
    standard += [f'_ "{path}"' for path in blank if "." not in path.partition("/")[0]]
    others = [
        f'{name} "{path}"' if name in RENAMED else f'"{path}"'
        for name, path in OTHERS.items()
        if name in used
    ]
    others += [f'_ "{path}"' for path in blank if "." in path.partition("/")[0]]
    own = [f'"{module}/internal/{name}"' for name in OWN if name in used]
    if root:
        own = [root]
    groups = [sorted(group, key=_path) for group in (standard, others, own) if group]
    if not groups:
        return ""
    return "import (\n" + "\n\n".join("\n".join(f"\t{x}" for x in g) for g in groups) + "\n)\n"


def _path(clause: str) -> str:
    return clause.rpartition(" ")[2]
