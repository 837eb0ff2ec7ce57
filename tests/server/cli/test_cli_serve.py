"""`serve`: its flags, their twins in the environment, and a clean end."""

from __future__ import annotations

import pytest

from command_line import CommandLine


def test_serving_ends_with_the_host_and_prints_nothing_of_its_own(cli: CommandLine) -> None:
    call = cli("serve")
    assert call.code == 0, call.err
    assert call.out == ""


@pytest.mark.parametrize(
    ("arguments", "env", "said"),
    [
        (["--toolsets", "nonsense"], {}, "nonsense"),
        ([], {"AUTONOMOUS_CODER_TOOLSETS": "nonsense"}, "nonsense"),
        (["--http", "nonsense"], {}, "HOST:PORT"),
        ([], {"AUTONOMOUS_CODER_HTTP": "nonsense"}, "HOST:PORT"),
        ([], {"AUTONOMOUS_CODER_READ_ONLY": "nonsense"}, "nonsense"),
    ],
)
def test_a_wrong_flag_or_its_twin_in_the_environment_is_wrong_usage(
    cli: CommandLine, arguments: list[str], env: dict[str, str], said: str
) -> None:
    call = cli("serve", *arguments, env=env)
    assert call.code == 2
    assert said in call.err
    assert "Traceback" not in call.err
    assert call.out == ""
