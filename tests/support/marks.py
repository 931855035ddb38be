"""Which markers a test gets from what it uses; the others are written where the test is."""

FIXTURES = {
    # And so what builds on them; the last two are the models before they are exported.
    "model": {"models", "lexicon_file", "reference", "network"},
    "browser": {"chromium"},
}
NAMES = {
    "growth": {"grows_linearly"},
    "process": {"subprocess", "installed", "python", "server", "serving", "started"},
}
FOLDERS = {"training": {"training"}}


def marks_of(item):
    """Names of markers for a collected test, from its fixtures and the names in its code."""
    fixtures = set(getattr(item, "fixturenames", ()))
    code = getattr(getattr(item, "function", None), "__code__", None)
    names = set(code.co_names) if code else set()
    used = [(FIXTURES, fixtures), (NAMES, names), (FOLDERS, {item.path.parent.name})]
    return [mark for table, these in used for mark, known in table.items() if known & these]
