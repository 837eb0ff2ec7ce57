"""What the guide to the spec says is what plan accepts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from autonomous_coder.models.spec import FieldType
from hosting import call, host

pytestmark = pytest.mark.anyio


async def test_the_example_of_the_guide_is_planned_as_it_stands(tmp_path: Path) -> None:
    async with host(tmp_path) as client:
        read = await call(client, "knowledge", document_id="guides/spec")
        body = read["document"]["body"]
        (example,) = re.findall(r"```json\n(.*?)```", body, re.S)
        planned = await call(client, "plan", description="a clinic", spec=json.loads(example))
        spec = planned["spec"]
        assert [e["name"] for e in spec["entities"]] == ["Doctor", "Appointment", "Label"]
        assert [f["path"] for f in spec["extra_files"]] == ["app/fees.py", "tests/test_fees.py"]
        assert all(kind.value in body for kind in FieldType)
