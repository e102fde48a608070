"""Filter text to tokens with positions, in one pass.

Quotes end as in MLflow's lexer: a doubled quote or one after a back-slash does not end the text
unless nothing else would; and all of it is kept as written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from trackui.search.errors import invalid_clause
from trackui.search.nodes import Identifier


class Kind(Enum):
    WORD = auto()  # metrics.loss, AND, resnet-50, metrics.`val loss`
    TEXT = auto()  # 'text' or "text"
    NUMBER = auto()
    MOMENT = auto()  # 2026-01-16, 2026-01-16 10:30
    ODD = auto()  # starts as a number and goes on: 10m, 1and, 1.5.2
    OPERATOR = auto()
    OPEN = auto()
    CLOSE = auto()
    COMMA = auto()
    SEMICOLON = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    source: str
    start: int
    end: int
    # Of TEXT: what stands between the quotes. Of WORD: its pieces.
    text: str = ""
    pieces: tuple[tuple[str, str], ...] = ()

    @property
    def word(self) -> str:
        """The upper-case word, for key words; empty for anything quoted or of another kind."""
        return self.source.upper() if self.kind is Kind.WORD and len(self.pieces) == 1 else ""


# Each pattern is one run of characters or parts that start differently: no way to backtrack far.
BLANK = re.compile(r"\s+")
NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?(?![\w.:/-])", re.ASCII
)
TAIL = re.compile(r"[\w.:/-]+")
WORD = re.compile(r"[^\W\d][\w.:/-]*|\.[\w.:/-]*")
OPERATOR = re.compile(r"[=<>!~]+")
SIGNS = {"(": Kind.OPEN, ")": Kind.CLOSE, ",": Kind.COMMA, ";": Kind.SEMICOLON}
EXPECTED = "a condition such as metrics.loss < 0.5"


def tokens(text: str) -> list[Token]:
    """All tokens, the last of them END. SearchSyntaxError for an open quote or a stray character."""
    found: list[Token] = []
    position = 0
    while True:
        if blank := BLANK.match(text, position):
            position = blank.end()
        if position == len(text):
            found.append(Token(Kind.END, "", position, position))
            return found
        token = next_token(text, position)
        found.append(token)
        position = token.end


def next_token(text: str, start: int) -> Token:
    sign = text[start]
    if sign in SIGNS:
        return Token(SIGNS[sign], sign, start, start + 1)
    if match := MOMENT.match(text, start):
        return Token(Kind.MOMENT, match.group(), start, match.end())
    if match := NUMBER.match(text, start):
        tail = TAIL.match(text, match.end())
        end = tail.end() if tail else match.end()
        return Token(Kind.ODD if tail else Kind.NUMBER, text[start:end], start, end)
    if match := OPERATOR.match(text, start):
        return operator(text, match)
    if sign == "'":
        end = closing_quote(text, start)
        return Token(Kind.TEXT, text[start:end], start, end, text[start + 1 : end - 1])
    if sign in '`"':
        return quoted_word(text, start)
    if match := WORD.match(text, start):
        return word(text, start, match)
    raise invalid_clause(text, start=start, end=next_blank(text, start), expected=EXPECTED)


def operator(text: str, match: re.Match) -> Token:
    return Token(Kind.OPERATOR, match.group(), match.start(), match.end())


def closing_quote(text: str, start: int) -> int:
    """The position after the quote that closes the one at `start`."""
    quote = text[start]
    last_pair = -1
    position = start + 1
    while position < len(text):
        character = text[position]
        following = text[position + 1 : position + 2]
        if character == quote and following != quote:
            return position + 1
        if following == quote and (character == quote or (character == "\\" and quote != "`")):
            last_pair = position
            position += 2
        else:
            position += 1
    if last_pair < 0:
        raise invalid_clause(text, start=start, end=len(text), expected=f"a closing {quote}")
    return last_pair + (1 if text[last_pair] == quote else 2)


def quoted_word(text: str, start: int) -> Token:
    """`key`, "text", or the quoted start of a longer name such as `metrics`.loss."""
    end = closing_quote(text, start)
    piece = (text[start], text[start + 1 : end - 1])
    if end < len(text) and text[end] == "." and (match := WORD.match(text, end)):
        return word(text, start, match, before=(piece,))
    kind = Kind.WORD if text[start] == "`" else Kind.TEXT
    return Token(kind, text[start:end], start, end, piece[1], (piece,))


def word(text: str, start: int, match: re.Match, before: tuple = ()) -> Token:
    """A bare run, with the quoted key that follows directly where the run ends in a dot."""
    pieces = (*before, ("", match.group()))
    end = match.end()
    if match.group().endswith(".") and end < len(text) and text[end] in "`\"'":
        close = closing_quote(text, end)
        pieces += ((text[end], text[end + 1 : close - 1]),)
        end = close
    return Token(Kind.WORD, text[start:end], start, end, "", pieces)


def next_blank(text: str, start: int) -> int:
    match = BLANK.search(text, start)
    return match.start() if match else len(text)


# --- Names ------------------------------------------------------------------------------------

PLAIN = re.compile(r"[\w.]*")


def identifier(token: Token) -> Identifier | None:
    """The token read as a name; None where its key needs quotes or is quoted in part."""
    match token.pieces:
        case [(quote, text)] if quote:
            return Identifier(token.start, token.end, None, text, True)
        case [("", text)] if PLAIN.fullmatch(text):
            entity, dot, key = text.partition(".")
            return Identifier(token.start, token.end, entity if dot else None, key if dot else text, False)
        case [(quote, entity), ("", rest)] if quote and PLAIN.fullmatch(rest):
            return Identifier(token.start, token.end, entity_in(quote, entity), rest[1:], False)
        case [("", entity), (_, key)] if entity.find(".") == len(entity) - 1:
            return Identifier(token.start, token.end, entity[:-1], key, True)
        case [(first, entity), ("", "."), (_, key)] if first:
            return Identifier(token.start, token.end, entity_in(first, entity), key, True)
    return None


def entity_in(quote: str, entity: str) -> str:
    """Back-quotes around an entity mean nothing; double quotes make it one that nobody knows."""
    return entity if quote == "`" else f"{quote}{entity}{quote}"


def quoted_form(token: Token) -> str:
    """`metrics.val/loss` as it has to be written; empty where there is no telling."""
    match token.pieces:
        case [("", text)]:
            entity, dot, key = text.partition(".")
            if dot and key and PLAIN.fullmatch(entity):
                return f"{entity}.`{key}`"
    return ""
