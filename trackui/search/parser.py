"""Tokens to nodes.

    filter    := any [ conjunction { OR conjunction } ]
    any       := { AND }                               -- a leading, doubled or trailing AND means nothing
    conjunction := factor { [ AND any ] factor } any   -- two conditions side by side: both, as in MLflow
    factor    := NOT factor | "(" filter ")" | has "(" name ")" | condition | words
    condition := name operator value | name IS [NOT] NULL | name [NOT] IN list
    words     := word { word }                         -- needs AND or OR towards its neighbours

Which names, operators and values go together is for the searched thing to say, not for the grammar.
"""

from __future__ import annotations

from trackui.search import limits
from trackui.search.errors import SearchSyntaxError, invalid_clause
from trackui.search.lexer import Kind, Token, identifier, quoted_form, tokens
from trackui.search.nodes import (
    And,
    Comparison,
    Has,
    Identifier,
    Node,
    Not,
    NullCheck,
    Number,
    Or,
    Text,
    Value,
    ValueList,
    Word,
)
from trackui.search.values import value

PATTERN_OPERATORS = ("LIKE", "ILIKE", "RLIKE")
RESERVED = ("AND", "OR", "NOT", "IN", "IS", "NULL", *PATTERN_OPERATORS)
NO_VALUES = (*RESERVED, "TRUE", "FALSE")

NO_CONDITION = (Kind.END, Kind.CLOSE, Kind.COMMA, Kind.SEMICOLON, Kind.OPERATOR)

CONDITION = "a condition such as metrics.loss < 0.5"
CONNECTOR = "AND, OR or the end"
COMPARATOR = "a comparator such as = or <"
VALUE = "a number or a quoted text"


def parse(text: str) -> Node | None:
    """The tree of a filter; None where it asks for nothing. SearchSyntaxError says what is wrong."""
    if not text:
        return None
    if len(text) > limits.FILTER_LENGTH:
        raise SearchSyntaxError(
            f"Invalid filter: it has {len(text)} characters, at most {limits.FILTER_LENGTH} are allowed.",
            start=limits.FILTER_LENGTH,
            end=len(text),
        )
    if not is_storable(text):
        raise SearchSyntaxError("Invalid filter: it holds a NUL or half a character.", start=0, end=len(text))
    if text.isspace():
        raise SearchSyntaxError(
            "Invalid filter ' '. Could not be parsed: it holds only blanks.", start=0, end=len(text), expected=CONDITION
        )
    return Parser(text).parse()


def is_storable(text: str) -> bool:
    """Whether both databases take it: no NUL, no lone surrogates."""
    return not any(c == "\x00" or "\ud800" <= c <= "\udfff" for c in text)


class Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.position = 0
        self.clauses = 0
        self.depth = 0

    # --- Moving along --------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    @property
    def following(self) -> Token:
        return self.tokens[min(self.position + 1, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.token
        if token.kind is not Kind.END:
            self.position += 1
        return token

    def refuse(self, expected: str, token: Token | None = None, *, start: int | None = None) -> SearchSyntaxError:
        token = token or self.token
        start = token.start if start is None else start
        return invalid_clause(self.text, start=start, end=token.end, expected=expected)

    # --- The grammar ---------------------------------------------------------------------------

    def parse(self) -> Node | None:
        node = self.disjunction()
        if self.token.kind is not Kind.END:
            raise self.trailing()
        return node

    def trailing(self) -> SearchSyntaxError:
        if self.token.kind is Kind.SEMICOLON and self.following.kind is not Kind.END:
            return SearchSyntaxError(
                "Search filter contained multiple expression. Provide AND-ed expression list.",
                start=self.token.start,
                end=self.token.end,
                expected="AND",
                suggestion=" AND",
            )
        return self.refuse(CONNECTOR)

    def disjunction(self) -> Node | None:
        """None only where there is nothing but ANDs."""
        self.skip_ands()
        if self.is_at_end():
            return None
        operands = [self.conjunction()]
        while self.token.word == "OR":
            self.take()
            operands.append(self.conjunction())
        return operands[0] if len(operands) == 1 else Or(operands[0].start, operands[-1].end, tuple(operands))

    def conjunction(self) -> Node:
        operands = [self.factor()]
        while True:
            is_joined = self.skip_ands()
            if self.is_at_end() or self.token.word == "OR":
                break
            if not is_joined and not self.may_stand_beside(operands[-1]):
                raise self.refuse(CONNECTOR)
            operands.append(self.factor())
        return operands[0] if len(operands) == 1 else And(operands[0].start, operands[-1].end, tuple(operands))

    def may_stand_beside(self, left: Node) -> bool:
        """Whether the coming token starts something that needs no AND after `left`."""
        if self.is_word():
            return is_words(left)
        return not is_words(left) and (self.token.kind is Kind.OPEN or self.token.kind is Kind.WORD)

    def is_at_end(self) -> bool:
        return self.token.kind in (Kind.END, Kind.CLOSE, Kind.SEMICOLON)

    def skip_ands(self) -> bool:
        start = self.position
        while self.token.word == "AND":
            self.take()
        return self.position > start

    def factor(self) -> Node:
        token = self.token
        if token.word == "NOT":
            self.take()
            with_operand = self.nested(self.factor)
            return Not(token.start, with_operand.end, with_operand)
        if token.kind is Kind.OPEN:
            return self.nested(self.group)
        if self.is_word():
            return self.words()
        self.clauses += 1
        if self.clauses > limits.CLAUSES:
            raise SearchSyntaxError(
                f"Invalid filter: it has more than {limits.CLAUSES} conditions.", start=token.start, end=len(self.text)
            )
        if token.word == "HAS" and self.following.kind is Kind.OPEN:
            return self.has()
        return self.condition()

    def nested(self, rule) -> Node:
        self.depth += 1
        if self.depth > limits.DEPTH:
            raise SearchSyntaxError(
                f"Invalid filter: more than {limits.DEPTH} parentheses and NOTs inside each other.",
                start=self.token.start,
                end=self.token.end,
            )
        node = rule()
        self.depth -= 1
        return node

    def group(self) -> Node:
        opening = self.take()
        node = self.disjunction()
        if node is None:
            raise self.refuse(CONDITION)
        if self.token.kind is not Kind.CLOSE:
            raise self.refuse("a closing )", start=opening.start if self.token.kind is Kind.END else None)
        self.take()
        return node

    # --- Words ---------------------------------------------------------------------------------

    def is_word(self) -> bool:
        """Whether the token is a bare word: nothing after it makes it the left side of a condition."""
        token, following = self.token, self.following
        if token.kind not in (Kind.WORD, Kind.TEXT, Kind.ODD) or token.word in RESERVED:
            return False
        if following.kind is Kind.OPERATOR or following.word in ("IN", "IS", *PATTERN_OPERATORS):
            return False
        if following.word == "NOT":
            after = self.tokens[min(self.position + 2, len(self.tokens) - 1)]
            return after.word not in ("IN", *PATTERN_OPERATORS)
        return not (token.word == "HAS" and following.kind is Kind.OPEN)

    def is_number_among_words(self) -> bool:
        """`resnet 50`: a number after a word is a word too; alone it is half a condition."""
        return self.token.kind in (Kind.NUMBER, Kind.MOMENT) and self.following.kind is not Kind.OPERATOR

    def words(self) -> Node:
        found: list[Node] = []
        while self.is_word() or (found and self.is_number_among_words()):
            token = self.take()
            self.clauses += 1
            text = token.text if token.kind is Kind.TEXT else token.source.strip("`")
            name = identifier(token) if token.kind is Kind.WORD and not token.source.startswith("`") else None
            found.append(Word(token.start, token.end, text, name))
        if self.clauses > limits.CLAUSES:
            raise SearchSyntaxError(
                f"Invalid filter: it has more than {limits.CLAUSES} conditions.",
                start=found[0].start,
                end=found[-1].end,
            )
        return found[0] if len(found) == 1 else And(found[0].start, found[-1].end, tuple(found))

    # --- Conditions ----------------------------------------------------------------------------

    def has(self) -> Node:
        start = self.take().start
        self.take()
        name = self.name()
        if self.token.kind is not Kind.CLOSE:
            raise self.refuse("a closing )")
        return Has(start, self.take().end, name)

    def condition(self) -> Node:
        if self.token.kind in NO_CONDITION or self.token.word in RESERVED:
            raise self.refuse(CONDITION)
        if self.token.kind in (Kind.NUMBER, Kind.MOMENT) and self.following.kind is not Kind.OPERATOR:
            raise self.refuse(CONDITION)
        name = self.name()
        if self.token.word == "IS":
            return self.null_check(name)
        operator, start, end = self.operator(name)
        if operator in ("IN", "NOT IN"):
            operand: Value = self.value_list(name)
        else:
            operand = self.value(name)
        if operator in PATTERN_OPERATORS and isinstance(operand, Text) and len(operand.text) > limits.PATTERN_LENGTH:
            raise SearchSyntaxError(
                f"Invalid filter: a pattern has at most {limits.PATTERN_LENGTH} characters.",
                start=operand.start,
                end=operand.end,
            )
        return Comparison(name.start, operand.end, name, operator, start, end, operand)

    def name(self) -> Identifier:
        token = self.token
        is_name = token.kind is Kind.WORD or (token.kind is Kind.TEXT and token.source.startswith('"'))
        name = identifier(token) if is_name else None
        if name is None:
            raise self.no_name(token)
        self.take()
        return name

    def no_name(self, token: Token) -> SearchSyntaxError:
        if token.kind in (Kind.END, Kind.OPEN, Kind.CLOSE, Kind.COMMA, Kind.OPERATOR, Kind.SEMICOLON):
            return self.refuse("a name such as metrics.loss")
        suggestion = quoted_form(token)
        message = f"Invalid comparison clause. Expected 'Identifier' found '{token.source[:100]}'."
        if suggestion:
            message += f" Put the key in back-quotes: {suggestion[:100]}"
        return SearchSyntaxError(
            message,
            start=token.start,
            end=token.end,
            expected="a name such as metrics.loss",
            suggestion=suggestion,
        )

    def null_check(self, name: Identifier) -> Node:
        self.take()
        is_negated = self.token.word == "NOT"
        if is_negated:
            self.take()
        if self.token.word != "NULL":
            raise self.refuse("NULL or NOT NULL", start=name.start)
        return NullCheck(name.start, self.take().end, name, is_negated)

    def operator(self, name: Identifier) -> tuple[str, int, int]:
        token = self.take()
        if token.kind is Kind.OPERATOR:
            return token.source, token.start, token.end
        if token.word == "NOT" and self.token.word in ("IN", *PATTERN_OPERATORS):
            second = self.take()
            return f"NOT {second.word}", token.start, second.end
        if token.word in ("IN", *PATTERN_OPERATORS):
            return token.word, token.start, token.end
        raise self.refuse(COMPARATOR, token, start=name.start)

    def value(self, name: Identifier) -> Value:
        token = self.token
        if token.kind is Kind.OPEN:
            return self.parenthesised()
        found = None if token.word in NO_VALUES else value(token)
        if found is None:
            raise self.refuse(VALUE, start=name.start)
        self.take()
        return found

    def parenthesised(self) -> Value:
        """A list where a single value is wanted: kept, so that the field can say what it wants."""
        return self.list_items(self.take())

    def value_list(self, name: Identifier) -> ValueList:
        if self.token.kind is not Kind.OPEN:
            raise self.refuse("a list such as ('a', 'b')", start=name.start)
        return self.list_items(self.take())

    def list_items(self, opening: Token) -> ValueList:
        """`'a', 'b')`, with a comma after the last one where someone left it."""
        items: list[Value] = []
        while self.token.kind is not Kind.CLOSE:
            item = value(self.token)
            if not isinstance(item, Text | Number):
                raise self.ill_formed_list(opening, "ill-formed list")
            items.append(item)
            self.take()
            if len(items) > limits.LIST_ITEMS:
                raise self.ill_formed_list(opening, f"more than {limits.LIST_ITEMS} items")
            if self.token.kind is Kind.COMMA:
                self.take()
            elif self.token.kind is not Kind.CLOSE:
                raise self.ill_formed_list(opening, "ill-formed list")
        end = self.take().end
        if not items:
            raise self.ill_formed_list(opening, "empty list", end=end)
        return ValueList(opening.start, end, self.text[opening.start : end], tuple(items))

    def ill_formed_list(self, opening: Token, found: str, *, end: int | None = None) -> SearchSyntaxError:
        return SearchSyntaxError(
            f"While parsing a list in the query, expected a non-empty list of string values, but got {found}.",
            start=opening.start,
            end=self.token.end if end is None else end,
            expected="a list such as ('a', 'b')",
        )


def is_words(node: Node) -> bool:
    return isinstance(node, Word) or (isinstance(node, And) and all(isinstance(part, Word) for part in node.operands))
