"""Code with its comments, strings, numbers and words told apart, by one pass of a pattern a family of languages.

Not a grammar: what it takes wrongly is coloured wrongly and still shown. It takes time in proportion to the text,
whatever is in it, which lexers made for people's own files do not promise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# Beyond so many characters code is shown plain: colours would cost more than they tell.
MOST_COLOURED = 200_000

STRINGS = r"""(?P<string>"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)"""
LONG_STRINGS = r'''(?P<long>"""(?:[^"\\]|\\.|"(?!""))*(?:""")?|\'\'\'(?:[^'\\]|\\.|'(?!''))*(?:\'\'\')?)'''
NUMBER = r"(?P<number>(?<![\w.])[+-]?\d[\w.]*(?:(?<=[eE])[+-]?\d+)?)"
WORD = r"(?P<word>[A-Za-z_]\w*)"
HASH = r"(?P<comment>#[^\n]*)"
SLASH = r"(?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?)"
DASH = r"(?P<comment>--[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?)"
SEMICOLON = r"(?P<comment>[#;][^\n]*)"
KEY = r"""(?P<key>(?m:^)[ \t]*+(?:- +)*+[\w./-]++(?=[ \t]*+[:=]))"""
JSON_KEY = r"""(?P<key>"(?:\\.|[^"\\\n])*"(?=\s*:))"""
SECTION = r"(?P<tag>(?m:^)\[[^\]\n]*\])"
MARKUP = r"(?P<comment><!--(?:[^-]|-(?!->))*(?:-->)?)|(?P<tag></?[A-Za-z!?][\w:.-]*|/?>)"


def _pattern(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.DOTALL)


PYTHON = _pattern(HASH, LONG_STRINGS, STRINGS, NUMBER, WORD)
C_LIKE = _pattern(SLASH, STRINGS, NUMBER, WORD)
SHELL = _pattern(HASH, STRINGS, NUMBER, WORD)
YAML = _pattern(HASH, KEY, STRINGS, NUMBER, WORD)
INI = _pattern(SEMICOLON, SECTION, KEY, STRINGS, NUMBER, WORD)
SQL = _pattern(DASH, STRINGS, NUMBER, WORD)
JSON = _pattern(JSON_KEY, STRINGS, NUMBER, WORD)
XML = _pattern(MARKUP, STRINGS)

C_WORDS = frozenset(
    "abstract auto break case catch char class const constexpr continue default defer delete do double else enum "
    "export extends extern false final finally float fn for from func function go if impl implements import in "
    "inline instanceof int interface let long loop match mod mut namespace new nil null object operator override "
    "package private protected pub public range return self short signed sizeof static struct super switch template "
    "this throw trait true try type typedef typename undefined union unsigned use using val var virtual void "
    "volatile while with yield async await lazy def".split()
)
PYTHON_WORDS = frozenset(
    "False None True and as assert async await break class continue def del elif else except finally for from global "
    "if import in is lambda match nonlocal not or pass raise return try while with yield case".split()
)
SHELL_WORDS = frozenset(
    "if then else elif fi for in do done while until case esac function return export local set source exit FROM RUN "
    "COPY ADD CMD ENTRYPOINT ENV ARG WORKDIR USER EXPOSE TRUE FALSE NULL NA next repeat break library".split()
)
SQL_WORDS = frozenset(
    "select from where and or not in is null as join left right inner outer full on group by order having limit offset "
    "insert into values update set delete create table index view drop alter primary key foreign references distinct "
    "union all case when then else end with exists between like count sum avg min max".split()
)
CONSTANTS = frozenset("true false null yes no on off True False None Null NaN Infinity".split())

LANGUAGES: dict[str, tuple[re.Pattern[str], frozenset[str]]] = {
    "python": (PYTHON, PYTHON_WORDS),
    "yaml": (YAML, CONSTANTS),
    "ini": (INI, CONSTANTS),
    "toml": (INI, CONSTANTS),
    "json": (JSON, CONSTANTS),
    "sql": (SQL, SQL_WORDS),
    "bash": (SHELL, SHELL_WORDS),
    "docker": (SHELL, SHELL_WORDS),
    "make": (SHELL, SHELL_WORDS),
    "r": (SHELL, SHELL_WORDS),
    "xml": (XML, frozenset()),
    "html": (XML, frozenset()),
    **dict.fromkeys(("javascript", "typescript", "css", "java", "scala", "c", "cpp", "go", "rust"), (C_LIKE, C_WORDS)),
}
CLASSES = {"comment": "c", "string": "s", "long": "s", "number": "n", "key": "t", "tag": "t"}


def numbered_lines(text: str, language: str = "", *, first: int = 1) -> SafeString:
    """Each line in an element with its number and an anchor `L12`, its parts coloured where the language is known."""
    pieces = coloured(text, language)
    lines = pieces.split("\n")
    if lines[-1] == "" and len(lines) > 1:
        lines.pop()
    return mark_safe(  # noqa: S308 every text in it is escaped where it is put in
        "".join(
            f'<span id="L{at}"><a href="#L{at}" data-n="{at}" aria-label="Line {at}" tabindex="-1"></a>{line}\n</span>'
            for at, line in enumerate(lines, first)
        )
    )


def coloured(text: str, language: str) -> str:
    """HTML, escaped; no element of it goes over the end of a line. Plain where the language is not known."""
    if language not in LANGUAGES or len(text) > MOST_COLOURED:
        return escape(text)
    return "".join(
        escape(piece)
        if not kind
        else "\n".join(f'<span class="hl-{kind}">{escape(line)}</span>' if line else "" for line in piece.split("\n"))
        for kind, piece in tokens(text, language)
    )


def tokens(text: str, language: str) -> Iterator[tuple[str, str]]:
    """(kind, piece) one after the other, together the whole text; the kind is empty for what has none."""
    pattern, words = LANGUAGES[language]
    folds = language == "sql"
    end = 0
    for found in pattern.finditer(text):
        kind, piece = found.lastgroup or "", found[0]
        if found.start() > end:
            yield "", text[end : found.start()]
        if kind == "word":
            yield ("k" if (piece.lower() if folds else piece) in words else ""), piece
        else:
            yield CLASSES[kind], piece
        end = found.end()
    if end < len(text):
        yield "", text[end:]
