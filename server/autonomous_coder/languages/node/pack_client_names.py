"""Names that the modules of a generated web client have for themselves."""

from __future__ import annotations

from autonomous_coder.languages.node.pack_names import KEYWORDS, RESERVED_TYPES


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TYPES = RESERVED_TYPES | _words(
    """Choice Choices ChoiceField ChoicesField RowName MoreChoices CheckboxField Column DeleteButton
    Errors Failure Field Filter FormEnd InputField Link List ListPage Loading Navigate Outlet
    PageHead Resource SelectField TextField Text Input Form FakeApi Row Json Sent Query JSX React
    Window Document Node Element Range Selection Comment Animation Notification Option Image Audio
    Location History Navigator Screen Storage Plugin Lock Cache Client"""
)
VARIABLES = KEYWORDS | _words(
    """address answer api checkbox choose client columns data date decimal email enter error
    errors expect fill filters fireEvent id input integer link moment navigate now number open
    optional page press query refetch required resource row rows save saved screen sending submit
    test text tick undefined user uuid value values waitFor window within z React document fetch
    useChoices useForm useQuery useRowId useSave useUser localMoment showWord showDate showMoment
    showAnswer beforeEach startApi proxy global process console name label labels index sent
    router"""
)
MODULES = frozenset({"pages", "session", "app", "setup", "choices"})
ROUTES = frozenset({"/", "/login", "/register"})
COMPONENTS = frozenset({"HomePage", "LoginPage", "RegisterPage", "MissingPage", "BrokenPage"})
