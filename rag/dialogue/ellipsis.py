"""Questions cut short: what they put into the frame of an earlier one, or leave to it."""

from __future__ import annotations

import re

from rag.dialogue.carryover import content_words
from rag.language.entities import NAMES, PREPOSITION, ROLE, TIMES, mentions, without
from rag.language.terms import frequency, tagged
from rag.language.text import fold, han_share, simplify_in_place

ASKING = re.compile(
    r"(?<!去)哪|去哪(?!儿)|什么|多少|(?<!好)几(?![乎何])|谁|何(?![况必不])|怎|多[大久高长远快深重]"
    r"|吗|是否|是不是|有没有|能不能|\b(?:who(?:m|se)?|what|when|where|which|why|how)\b"
    r"|^(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should)\b",
    re.IGNORECASE,
)
_LONGEST = 60
_ENGLISH = re.compile(
    r"(?P<opening>(?:(?:and|but|so|then|also|or|what about|how about|what of)\b[ ,]*)+)?"
    r"(?P<words>.+?)[?. ]*",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?P<opening>(?:(?:那么|那(?![些个里儿边时年天位家次座种])|还有|以及|至于|换成|要是|如果是)"
    r"[，, ]*)*)"
    r"(?P<words>.+?)的?(?:情况)?(?:又?怎么样|又?如何)?(?P<closing>呢)?[？?。 ]*"
)
_ASKED_AGAIN = re.compile(
    r"^(?P<first>how (?:many|much|long|far|big|large|old)|who|where|what|when|which) "
    r"|(?:有|是|在|为)?(?P<last>多少|几|哪里|哪儿|谁)[个吨人家只元名位件项条座]?$",
    re.IGNORECASE,
)
_SO = "那[么麼](?![多大少高好长長])[，, ]*(?=.{3})"
_THEN = "那(?![些个個里裡裏儿兒边邊时時年天位家次座种種])(?=.{3})"
_ASSENT = re.compile(
    r"(?:(?:好的?|嗯|哦|行|我?(?:明白|知道|懂|了解|謝謝|谢谢)[你您]?了?|是的|对|對)[，,。！! ]+"
    r"|ok(?:ay)?[,.! ]+|(?:yes|got it|i see|thanks|thank you|great|al(?:l )?right)[,.!]+ *)+"
    rf"(?:{_SO}|{_THEN}|so\b,? ?)?|{_SO}",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"(?=.)(?:(?:请|再|能|可以|能不能|可不可以|你|麻烦)*(?:还有(?:别的|其他的?|更多的?)?|其[他它]的?"
    r"|更多|继续|接着[说讲]?|(?:[说讲]得?)?[再更]?(?:[说讲介绍解释]{1,2}得?)?[再更]?(?:详细|具体|仔细)"
    r"(?:地?(?:[说讲]|介绍|解释)?(?:一下|[说讲])?|一?[点些]|[说讲]{2})|展开(?:[说讲]{1,2}|一下)"
    r"|再?多[说讲](?:一?[点些]|[说讲])?|补充一下|然后)[呢吗吧]?"
    r"|(?:please |(?:can|could|would) you )*"
    r"(?:(?:tell me|say|give me|give|explain|elaborate|expand)(?: it| that| this)? ?)?"
    r"(?:(?:some |a bit |in |any )?more(?: details?)?(?: (?:about|on) (?:it|that|this))?"
    r"|in detail|further|on (?:it|that|this))?(?:,? please)?"
    r"|go on|continue|(?:what|anything) else|and then|be more specific)"
)
_AGAIN = re.compile(
    r"(?:(?:请|再|能|可以)*"
    r"(?:(?:再说|重复|再讲)(?:一遍|一次|一下)|说?得?简单(?:一?点|地?说))[呢吗吧]?"
    r"|(?:真的|是|确定)吗"
    r"|(?:please |(?:can|could) you )*(?:tell me|say|repeat|explain)(?: it| that)?"
    r"(?: once more| again)?(?:,? please)?|(?:once more|again)(?:,? please)?|really|are you sure)"
)
_ATTRIBUTE = (
    r"(?:网址|官网|地址|电话|邮箱|总部|老家|主题|目[的标]|意义|原因|结果|结论|内容|条件|时间|地点|日期|规模|价格"
    r"|费用|成本|利润|收入|营收|销量|(?:销售|成交|交易)额|增[幅速]|份额|股价|市值|估值|名字|全称|简称|口号"
    rf"|作者|主办方|负责人|{ROLE.pattern})"
)
_BARE = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_ATTRIBUTE}(?:[是叫在有为].{{0,2}}(?:什么|谁|哪里|哪儿?|多少|几.|哪些))?",
        rf"(?:是)?谁(?:当|做|任|担任)(?:的|了)?{_ATTRIBUTE}?",
        r"(?:是)?谁(?:来)?(?P<verb>[\u3400-\u9fff]{1,3}?)(?:出?来)?[的了过]?",
        r"(?:各|每[天年月周]|平均|[大一]约|又|还|一?共|总共)*(?P<did>[\u3400-\u9fff]{1,2}?)??[了过要需得]*"
        r"(?:多少|多久|几|多长时间|多[大高长远])(?P<unit>[\u3400-\u9fff]{0,2})",
        r"(?P<whose>[\u3400-\u9fff]{2,3}?)有多少(?P<kind>[\u3400-\u9fff]{1,4})",
        r"(?:第[一二两三四五六七八九十\d]+|最后一)[次个点条项步章位].{0,8}",
        r"(?:能|可以|需要|要)[\u3400-\u9fff]{2}吗",
        r"(?:还|会)?(?P<is>[\u3400-\u9fff]{2})吗",
        r"(?:有|需要)(?:什么|哪些|多少|几个)(?P<which>[\u3400-\u9fff]{2})",
    )
]
_ENGLISH_BARE = re.compile(
    r"(?:who|what|when|where|why|how)(?: (?:is|are|was|were))? the (?:chief executive|address"
    r"|author|boss|cost|date|deadline|founder|goal|headquarters|leader|name|owner|population|price|purpose"
    rf"|reason|result|size|theme|topic|website|winner|{ROLE.pattern})"
    r"|(?:who|what|when|where|why|how)\b.* (?:(?<!is )(?<!are )(?<!was )(?<!were )the|else)\b.*"
    r"|(?:who|when|where|why|how)\b(?! (?:is|are|was|were)\b).*",
    re.IGNORECASE,
)
_PERSONAL = re.compile(r"[你您我咱]|\b(?:i|we|you|my|our|your|me|us)\b|[《“「\"]")
_COMMON = 30  # occurrences in jieba's corpus, of a word that is no name


def is_bare(question: str) -> bool:
    """Whether `question` names nothing and says too little to be asked by itself.

    >>> is_bare("送货要多久？"), is_bare("Who is the CEO?"), is_bare("What is septicemia?")
    (True, True, False)
    """
    folded = fold(question).strip(" ?？。.")
    if any(mention.kind in NAMES for mention in mentions(question)) or _PERSONAL.search(folded):
        return False
    words = content_words(folded)
    if han_share(folded) < 0.2:
        is_definite = re.search(r"\b(?:the|else)\b", folded)
        most = 2 if is_definite else 1
        return 0 < len(words) <= most and bool(_ENGLISH_BARE.fullmatch(folded))
    if len(words) > 3 or re.search(r"[a-z]", ROLE.sub("", folded)):
        return False
    matches = filter(None, (pattern.fullmatch(folded) for pattern in _BARE))
    return any(all(map(_is_common, filter(None, match.groups()))) for match in matches)


def asks_for_more(question: str) -> bool:
    """Whether `question` only asks to go on, or to say it again.

    >>> asks_for_more("还有呢？"), asks_for_more("Tell me more"), asks_for_more("还有谁？")
    (True, True, False)
    """
    said = fold(question).strip(" ?？!！。.")
    return bool(_AGAIN.fullmatch(said) or _MORE.fullmatch(said))


def asks_to_go_on(question: str) -> bool:
    """Whether `question` only asks for more than was said, not for the same again.

    >>> asks_to_go_on("说得再详细一点"), asks_to_go_on("再说一遍"), asks_to_go_on("Tell me again")
    (True, False, False)
    """
    said = fold(question).strip(" ?？!！。.")
    return bool(_MORE.fullmatch(said)) and not _AGAIN.fullmatch(said)


def without_assent(question: str) -> str:
    """`question` without the "OK, " or 好的 before it.

    >>> without_assent("好的，那么海盟是什么？"), without_assent("OK")
    ('海盟是什么？', 'OK')
    """
    match = _ASSENT.match(question.lstrip())
    rest = question.lstrip()[match.end() :] if match else ""
    return rest if re.search(r"\w", rest) else question


def fragment_of(question: str, earlier: str) -> str | None:
    """What `question` puts into the frame of the `earlier` one, None where it has its own frame.

    >>> fragment_of("那2013年呢？", ""), fragment_of("and how many in May?", "How many in June?")
    ('2013年', 'in May')
    >>> fragment_of("它是谁建的？", "")
    """
    question = question.strip()
    simplified = simplify_in_place(question)
    pattern = _CHINESE if han_share(question) >= 0.2 or simplified.endswith("呢") else _ENGLISH
    match = pattern.fullmatch(simplified) if len(question) <= _LONGEST else None
    if match is None:
        return None
    start, end = match.span("words")
    again = _ASKED_AGAIN.search(match["words"])
    earlier = simplify_in_place(earlier).lower()
    if again and (again["first"] or again["last"]).lower() not in earlier:
        again = None
    is_first = bool(again and again["first"])
    if again:
        start, end = (start + again.end(), end) if is_first else (start, start + again.start())
    words = question[start:end].strip()
    if not words or ASKING.search(simplify_in_place(words)):
        return None
    found = mentions(words)
    is_time = bool(found) and {mention.kind for mention in found} <= TIMES
    is_adjunct = (words.isascii() and PREPOSITION.match(words)) or (
        is_time and not without(words, found)
    )
    is_marked = match["opening"] or match.groupdict().get("closing")
    is_name = question.endswith(("?", "？")) and not again and [m.text for m in found] == [words]
    return words if is_adjunct or is_name or (is_marked and not is_first) else None


def _is_common(words: str) -> bool:
    """Whether these are one or two words that the dictionary knows well."""
    found = tagged(words)
    return len(found) <= 2 and all(frequency(word) >= _COMMON for word, _ in found)
