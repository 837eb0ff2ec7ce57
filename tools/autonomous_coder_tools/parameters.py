"""Parameters that several tools share: one name, one meaning, one description."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from autonomous_coder_tools.spec import (
    MAX_DESCRIPTION,
    MAX_ID,
    MAX_PATH,
    MAX_WAIT_SECONDS,
)

ProjectId = Annotated[str, Field(max_length=MAX_ID, description="From plan, build or status.")]
ProjectPath = Annotated[
    str,
    Field(max_length=MAX_PATH, description="Absolute path, instead of project_id."),
]
OutputPath = Annotated[
    str,
    Field(max_length=MAX_PATH, description="Absolute path of a new or empty directory."),
]
Description = Annotated[
    str,
    Field(
        max_length=MAX_DESCRIPTION,
        description="The user's words, e.g. 'a blog with tags, users can log in'.",
    ),
]
Spec = Annotated[
    dict[str, Any],
    Field(
        default_factory=dict,
        description="What you decided; wins over the description: {'entities': {'Post': "
        "{'fields': ['title', 'views: integer'], 'relations': ['belongs_to: Author']}}}. "
        "Format: knowledge(document_id='guides/spec').",
    ),
]
Constraints = Annotated[
    dict[str, str],
    Field(default_factory=dict, description="Demands, e.g. {'database': 'postgresql'}."),
]
Preferences = Annotated[
    dict[str, str],
    Field(default_factory=dict, description="Wishes, followed where possible."),
]
Deadline = Annotated[
    str,
    Field(max_length=60, description="By when: '10m', '2h' or an ISO time."),
]
Offline = Annotated[bool, Field(description="Use only what is cached.")]
WaitSeconds = Annotated[
    float,
    Field(
        ge=0,
        le=MAX_WAIT_SECONDS,
        description="Then answer with a run_id for status.",
    ),
]
Limit = Annotated[int, Field(ge=1, le=200, description="Entries to show.")]
Offset = Annotated[int, Field(ge=0, le=1_000_000, description="Entries to skip.")]
RunId = Annotated[str, Field(max_length=MAX_ID, description="Id of a run.")]
CheckpointId = Annotated[str, Field(max_length=MAX_ID, description="Id of a checkpoint.")]
