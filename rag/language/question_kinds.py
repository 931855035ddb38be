"""What kind of question is asked: one kind each, in Chinese and English, by its words alone.

Beside the kinds of *thing* in `rag.language.question`, of which a question may ask for several.
"""

from __future__ import annotations

import re
from enum import StrEnum

from rag.language import question as asked
from rag.language.tables import column
from rag.language.terms import tagged
from rag.language.text import fold, simplify_in_place


class QuestionKind(StrEnum):
    """A kind of question."""

    PERSON = "person"  # who somebody is that it names
    DEFINITION = "definition"  # what something is, or what a word means
    VALUE = "value"  # a number, a date, a place, a name
    LIST = "list"
    REASON = "reason"
    MANNER = "manner"  # how, and by which steps
    YES_NO = "yes-no"
    COMPARISON = "comparison"
    PARTS = "parts"  # several questions in one
    OPEN = "open"


_ASKS = re.compile(r"谁|什么|啥|哪|多少|几[^乎]|怎么|怎样|如何|为何|何[时地处人]|还是")
_QUESTION_WORD = re.compile(
    r"(?:^|\b(?:know|known|say|tell|and) )(?:who|whom|whose|what|when|where|which|why|how)\b"
)
_POLITE = re.compile(
    r"^(?:请问|请你?|麻烦你?|我想知道|我想问一?下|能不能告诉我|你知道)[，,：:]?"
    r"|^(?:please|(?:can|could|would|will) you (?:please )?(?:tell me|explain|say)|tell me|"
    r"do you know|i(?: would|'d) like to know)[,:]? "
)
_YES_NO = re.compile(
    r"(?:吗|(?<![什怎这那多])么|对不对|是不是)\W*$"
    r"|是否|是不是|有没有|(?P<one>[能会可要该对好行])不(?P=one)|有无"
    r"|^(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|may|must)(?:n['’]t)?"
    r" (?!you (?:list|give|name|summari[sz]e|compare|show)\b)"
    r"|, (?:right|is (?:that|this|it) (?:right|true|correct)|correct)\W*$"
)
_CHOICE = re.compile(r"还是|\bor\b")
_COMPARISON = re.compile(
    r"比较|对比|相比|区别|差别|差异|有(?:什么|何)不同|相差|谁更|哪.{0,6}更|更.{1,4}还是|还是.*更"
    r"|\bcompare\b|\bcompared (?:to|with)\b|\bdifferences? between\b|\bversus\b|\bvs\b|\bdiffer\b"
    r"|\b(?:which|who|what) (?:\w+ ){0,3}(?:is|are|was|were|had|has) "
    r"(?:the )?(?:more|less|fewer|\w{3,}er)\b.*\bor\b"
)
_REASON = re.compile(
    r"(?<![称名叫作做改分化译定视认成设变取])为什么|为何|为啥|何以|原因|缘故|凭什么|因为什么"
    r"|\bwhy\b|\breasons?\b|\bhow come\b|what (?:caused|causes|made)\b|\bcause of\b"
)
_MANNER = re.compile(
    r"怎么(?!样的)|怎样(?!的)|如何|怎麽|步骤|用什么(?:方法|方式)|通过什么"
    r"|\bhow (?:to|do|does|did|can|could|is|are|was|were|should|would|will|has|have|had)\b"
    r"|\bby what means\b|\bin what way\b|\bsteps\b"
)
_NO_NAME = (
    r"(?!(?:这|那|它|他|她|你|我|该|此|其)[个些们]?|it\b|this\b|that\b|its\b|his\b|her\b|their\b)"
)
_PERSON = re.compile(
    rf"^{_NO_NAME}(?P<before>[^，,的《》？?]{{2,20}}?)(?:到底|究竟)?"
    r"(?:是谁|是什么人|是何人|何许人也?|是何许人也?)$"
    rf"|^谁是{_NO_NAME}(?P<behind>[^，,的《》？?]{{2,20}})$"
    r"|^介绍(?:一下)?(?P<told>[^，,的《》？?]{2,20})$"
)
_ENGLISH_PERSON = re.compile(
    r"^[Ww]ho(?:['’]s| is| was| are| were) "
    r"(?P<name>(?:(?:Mr|Mrs|Ms|Dr|Sir|Lady|Prof)\.? )?[A-Z][\w'’.-]*"
    r"(?: (?:(?:of|de|van|von|der|bin|al|the|la) )?[A-Z][\w'’.-]*)*)$"
)
_DEFINITION = re.compile(
    r"^(?:什么是|何谓|何为|什么叫做?|啥是|解释一?下|介绍(?:一下)?)(?P<behind>[^，,？?]{1,30})$"
    rf"|^{_NO_NAME}(?P<before>[^，,的？?]{{1,25}}?)"
    r"(?:到底|究竟|具体)?(?:是指|指的?是|是|指|代表)(?:个)?(?:什么|啥)(?:意思|东西|含义)?$"
    r"|^(?P<meaning>[^，,？?]{1,25}?)(?:的(?:意思|含义|定义)是什么|是什么意思|有什么含义|怎么定义)$"
)
_ENGLISH_DEFINITION = re.compile(
    rf"^(?i:what(?:['’]s| is| are| was| were)) {_NO_NAME}"
    r"(?P<article>(?:an?|the) )?(?P<thing>[\w.'’&-]+(?: [\w.'’&-]+){0,3}?)"
    r"(?P<where> (?:in|on|at|for|under|according to) .+)?$"
    r"|^(?i:what (?:does|do)) (?:the (?:word|term|abbreviation|acronym) )?(?P<word>.{1,40}?)"
    r" (?:mean|stand for|refer to)(?: .*)?$"
    r"|^(?i:define|explain|what is meant by) (?:the (?:word|term) )?(?P<defined>[^,]{1,40})$"
)
_DOUBLE_SURNAME = re.compile(
    "欧阳|司马|诸葛|上官|司徒|东方|夏侯|皇甫|尉迟|公孙|慕容|令狐|端木|南宫|长孙"
)
_NOT_A_THING = re.compile(
    r"(?:ing|ed|made|known|used|for|of|to|in|on|at|by|with|from|about|called|done|like|between)$"
)
_MEANING = re.compile(r"意思|含义|代表什么|\bmean(?:t|ing)?\b|\bstands? for\b")
_COUNTED = re.compile(
    r"[二两三四五六七八九十\d][大项点个条种类方步][^，。]{1,12}(?:是|有|为)(?:什么|哪)"
)
_QUOTES = "“”‘’「」『』\"' "
_ROLE_ENDINGS = tuple(sorted(column("titles", "zh", "title")))


def kind_of(question: str) -> QuestionKind:
    """The kind of `question`, OPEN where no rule knows it.

    >>> kind_of("张阔是谁？").value, kind_of("Does it rain there?").value
    ('person', 'yes-no')
    >>> kind_of("什么是B200？").value, kind_of("How was it built?").value
    ('definition', 'manner')
    """
    folded = _without_politeness(fold(question))
    if len(asked.split(question)) > 1:
        return QuestionKind.PARTS
    if is_yes_no(question):
        return QuestionKind.YES_NO
    if _COMPARISON.search(folded):
        return QuestionKind.COMPARISON
    if _REASON.search(folded):
        return QuestionKind.REASON
    if person_in(question):
        return QuestionKind.PERSON
    if thing_in(question):
        return QuestionKind.DEFINITION
    kinds = asked.kinds_of(folded)
    if asked.count_of(folded) or "list" in kinds or _COUNTED.search(folded):
        return QuestionKind.LIST
    if _MANNER.search(folded):
        return QuestionKind.MANNER
    return QuestionKind.VALUE if kinds else QuestionKind.OPEN


def is_yes_no(question: str) -> bool:
    """Whether `question` asks if something is so, and nothing else.

    >>> is_yes_no("这里下雨吗？"), is_yes_no("有什么影响吗？"), is_yes_no("Is it A or B?")
    (True, False, False)
    """
    folded = _without_politeness(fold(question)).strip()
    match = _YES_NO.search(folded)
    if match is None or _CHOICE.search(folded):
        return False
    if folded.isascii():
        return not _QUESTION_WORD.search(folded)
    return not _ASKS.search(folded.replace("是不是", ""))


def person_in(question: str) -> str:
    """The person of whom `question` asks who that is, as written there; "" where it asks else.

    >>> person_in("陈杰是谁？"), person_in("董事长是谁？"), person_in("Who was Lin Yue?")
    ('陈杰', '', 'Lin Yue')
    """
    bare = _bare(question)
    if match := _ENGLISH_PERSON.match(bare):
        return match["name"]
    match = _PERSON.match(simplify_in_place(bare))
    if match is None:
        return ""
    name = next(group for group in ("before", "behind", "told") if match[group])
    words = bare[slice(*match.span(name))].strip(_QUOTES)
    return words if _is_person(simplify_in_place(words)) else ""


def thing_in(question: str) -> str:
    """What `question` asks the nature or meaning of, as written there; "" where it asks else.

    >>> thing_in("什么是B200？"), thing_in("What is an L4 buyer on that site?")
    ('B200', 'L4 buyer')
    >>> thing_in("What is the price?"), thing_in("What does eWTP stand for?")
    ('', 'eWTP')
    """
    bare = _bare(question)
    if match := _ENGLISH_DEFINITION.match(bare):
        return _english_thing(match)
    plain = simplify_in_place(bare)
    match = _DEFINITION.match(plain)
    if match is None or "分别" in plain or _COUNTED.search(plain):
        return ""
    group = next(group for group in ("behind", "before", "meaning") if match[group])
    return bare[slice(*match.span(group))].strip(_QUOTES)


def asks_meaning(question: str) -> bool:
    """Whether `question` asks what words mean, not what a thing is.

    >>> asks_meaning("ISO是什么意思？"), asks_meaning("What is ISO?")
    (True, False)
    """
    return bool(_MEANING.search(fold(question)))


def _english_thing(match: re.Match[str]) -> str:
    """What is asked about: no property (the price of it), and no name of a property."""
    if words := match["word"] or match["defined"]:
        return re.sub(r"^(?:an?|the) ", "", words).strip(_QUOTES)
    words = match["thing"]
    is_named = bool(re.search(r"[A-Z\d]", words))
    if (
        _NOT_A_THING.search(words)
        or " of " in words
        or (match["article"] == "the " and not is_named)
    ):
        return ""
    return words.strip(_QUOTES)


def _is_person(words: str) -> bool:
    """Whether simplified words are somebody's name and no role: 张阔, not 现任主席."""
    if words.endswith(_ROLE_ENDINGS):
        return False
    if re.fullmatch(r"[A-Za-z][\w.'’ -]+|[\u4e00-\u9fff]+(?:[·•・][\u4e00-\u9fff]+)+", words):
        return True
    tags = [tag for _, tag in tagged(words)]
    if tags[0] in ("nr", "nrt", "nrfg"):
        return len(tags) == 1 or all(len(word) == 1 for word, _ in tagged(words)[1:])
    if _DOUBLE_SURNAME.match(words) and 3 <= len(words) <= 4:
        return True
    return 2 <= len(words) <= 3 and words[0] in column("surnames") and "n" not in tags


def _bare(question: str) -> str:
    """A question without politeness, particles and the mark at its end."""
    stripped = question.strip().rstrip("？?。.！! ").removesuffix("呢").removesuffix("啊")
    match = _POLITE.match(simplify_in_place(stripped).lower())
    return stripped[match.end() :] if match else stripped


def _without_politeness(folded: str) -> str:
    return _POLITE.sub("", folded.strip())
