"""Names that are safe in Python, pydantic, SQLAlchemy and SQL.

A spec's identifiers are well formed but may be keywords, builtins or attributes that a library
reserves. The name on the wire and in the database stays as asked; only the Python name changes.
"""

from __future__ import annotations

import builtins
import keyword
import sys
from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


RESERVED_CLASSES = frozenset(dir(builtins)) | _words(
    """Annotated Any Base BaseModel AsyncIterator AsyncSession Body BaseSettings Collection
    ConfigDict Counter CurrentUser Database DateTime Decimal Depends EmailStr EntityMixin
    ExactDecimal FastAPI Field Final ForbiddenError Generic InvalidReferenceError Iterator Json
    Literal Mapped Mapping NotFoundError OptionalUser PageParameters Paginated Path PlainText Query
    Request Response RowId Select Self Sequence SessionDep Settings SettingsDep StrEnum
    Token Url UtcDateTime AwareDatetime APIRouter AsyncClient Record
    Program ProgramError Repository DuplicateError InUseError ReferenceMissingError StoreError
    NewerDataError JobRun JobSchedule StoredRecord RecordId OnDelete JsonOption Result CliRunner
    Path PostedForm IntegrityError LoginRequiredError ForgedFormError AuthSession SeedError"""
)
"""Class names that the generated modules import or define."""

FEATURE_CLASSES = {
    "file_upload": _words(
        """Upload UploadRead UploadFile FileStore StoreDep StoredFile MediaType FileResponse Place
        TooLargeError UnsupportedTypeError PageParameters"""
    ),
    "websocket": _words("Action Change Live LiveDep Listener"),
}
"""Class names that modules of features import or define."""

FEATURE_LISTS = {
    "roles": frozenset({"users"}),
    "background_jobs": frozenset({"background_jobs", "background_runs"}),
}
"""What functions of features list."""

FEATURE_VARIABLES = {
    "file_upload": _words("file store settings upload uploads place"),
    "websocket": _words("live read"),
}
"""Names that features use as variables next to an entity's own."""

FEATURE_MODULES = {
    "file_upload": frozenset({"uploads"}),
    "background_jobs": _words("job_runs job_queue jobs worker working background schedule"),
    "roles": frozenset({"users", "roles"}),
    "websocket": frozenset({"live", "live_client"}),
}
"""Module names that features take."""

RESERVED_BY_ARCHETYPE = {
    "data_pipeline": _words("Dataset Reference Line IsoDate RecordIds"),
}
"""Further class names that the modules of one archetype import or define."""

RESERVED_ATTRIBUTES = frozenset(keyword.kwlist) | _words(
    """metadata registry sa dt uuid mapped_column relationship enum_column str int float bool list
    dict set tuple object property type_ annotations super self cls
    schema json copy dict construct validate from_orm parse_obj parse_raw parse_file schema_json
    update_forward_refs fields field_validator not_null
    id created_at updated_at owner owner_id to_dict to_json from_dict from_json"""
)
"""Attribute names that pydantic, SQLAlchemy or the module itself uses in a class body."""

RESERVED_QUERY = frozenset({"limit", "offset", "sort", "search"})
"""Query parameters every list endpoint has."""

RESERVED_VARIABLES = frozenset(keyword.kwlist) | _words(
    """session query data viewer user owner total statement values changes sa dt uuid row rows name
    value client alice bob anonymous response payload number page router items print id type list
    dict set str int float bool len itertools status wanted column order request posted form forms
    kinds lists context listing shown names chosen message found error browser"""
)
"""Names used as variables next to an entity's own."""

RESERVED_MODULES = frozenset(keyword.kwlist) | _words(
    """auth auth_sessions base job_runs health pagination errors settings database main factory
    types common references security seed service migrations openapi logs cors conftest factories
    model schema annotations home overview monitoring rate_limiting"""
)
"""Module names that the archetype and its features take."""

RESERVED_PACKAGES = (
    frozenset(keyword.kwlist)
    | sys.stdlib_module_names
    | _words(
        """tests app typer click rich pydantic pydantic_core pydantic_settings sqlalchemy
        platformdirs openpyxl et_xmlfile email_validator dns pytest ruff mypy hatchling pdoc
        greenlet annotated_types typing_extensions typing_inspection shellingham
        markdown_it pygments idna fastapi pygame PySide6 shiboken6"""
    )
)
"""Packages that a project's own would hide."""

RESERVED_PROJECTS = _words(
    """typer rich pydantic pydantic-core sqlalchemy platformdirs email-validator dnspython pytest
    openpyxl types-openpyxl et-xmlfile ruff mypy hatchling pdoc greenlet typing-extensions
    annotated-types annotated-doc pygments shellingham markdown-it-py mdurl idna typing-inspection
    jinja2 markupsafe markdown2 pygame-ce pyside6-essentials shiboken6"""
)
"""Names of distributions that a project needs, so that it cannot have them itself."""

RESERVED_PARAMETERS = frozenset(keyword.kwlist) | _words(
    """context ctx help version data_file typer dt uuid Decimal Annotated given opened changed
    reported service session print_row print_rows print_result answer values query data rows row
    number as_json yes clear limit sort search app str int float bool list dict core result request
    text self cls MAX_ID JsonOption"""
)
"""Names that the functions behind commands use."""

RESERVED_STORE = frozenset(keyword.kwlist) | _words("to_dict from_dict to_json from_json self cls")
"""Attributes that the library's store has beside its collections."""

RESERVED_PATHS = _words("auth health docs redoc openapi-json static overview")


def taken(names: Mapping[str, frozenset[str]], features: frozenset[str]) -> frozenset[str]:
    """Those that some features take."""
    return frozenset().union(*(names.get(feature, frozenset()) for feature in features))


def attribute(name: str) -> str:
    """The Python attribute for a field: `class` -> `class_`, `model_config` -> `model_config_`."""
    if name in RESERVED_ATTRIBUTES or name.startswith("model_"):
        return f"{name}_"
    return name
