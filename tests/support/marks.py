"""Which markers a test gets from what it uses; the others are written where the test is."""

import inspect

FIXTURES = {
    # And so what builds on them; the last two are the models before they are exported.
    "model": {"models", "lexicon_file", "reference", "network"},
    "browser": {"chromium"},
}
HELPERS = {  # modules
    "growth": {"effort"},
    "process": {"installed", "subprocess"},
}
FOLDERS = {"training": {"training"}}


def marks_of(item):
    """Names of markers for a collected test."""
    fixtures = set(getattr(item, "fixturenames", ()))
    used = [(FIXTURES, fixtures), (HELPERS, _modules(item)), (FOLDERS, {item.path.parent.name})]
    return [mark for table, these in used for mark, known in table.items() if known & these]


def _modules(item):
    """Names of the modules whose parts the code of a test names."""
    function = getattr(item, "function", None)
    if function is None:  # a doctest
        return set()
    named = [function.__globals__.get(name) for name in function.__code__.co_names]
    return {
        each.__name__ if inspect.ismodule(each) else getattr(each, "__module__", None)
        for each in named
    }
