"""What a pom names cannot become a line of its own in what the compiler is told."""

from __future__ import annotations

from autonomous_coder.languages.java.layout import Layout, Module, Resources
from autonomous_coder.languages.java.specification import specification

INJECTED = "a\noption\t-Xplugin:evil"


def test_names_with_line_breaks_are_no_lines_of_their_own() -> None:
    kept = Resources("src/main/resources", "META-INF", {"version": "1"}, "(?:.*/)?a")
    odd = [
        Resources(INJECTED, "", {}),
        Resources("src/main/resources", INJECTED, {}),
        Resources("src/main/resources", "a\roption\t-J-x", {}),
        Resources("src/main/resources", "", {}, INJECTED),
        Resources("src/main/resources", "", {}, "", INJECTED),
    ]
    module = Module(
        0, "", ("src/main/java/A.java",), ("src/test/java/ATest.java",),
        resources=(*odd, kept), test_resources=tuple(odd),
        options={"encoding": INJECTED, "release": "21\n-x"},
        arguments=("-Akey=\noption\t-Xplugin:evil", "--add-exports", f"x/y={INJECTED}"),
    )  # fmt: skip
    lines = specification(Layout((module,), maven=True), 21).splitlines()
    assert not [line for line in lines if "evil" in line or "-J-x" in line]
    assert [line for line in lines if line.startswith("resource\t")] == [
        "resource\t@source/src/main/resources\tMETA-INF\t(?:.*/)?a\t\tversion=1"
    ]
    assert {line.split("\t", 1)[0] for line in lines} <= {
        "unit", "need", "option", "file", "resource",
    }  # fmt: skip
