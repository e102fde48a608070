"""Compiled conditions and orders on Django's QuerySets, over the table the QuerySet is of."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import BooleanField, QuerySet, TextField
from django.db.models.expressions import OrderBy, RawSQL

from trackui.search.sql import OrderTerm, Sql


def matching(rows: QuerySet, condition: Sql) -> QuerySet:
    return rows.filter(RawSQL(condition.text, condition.params, output_field=BooleanField()))


def ordered_by(rows: QuerySet, terms: Iterable[OrderTerm]) -> QuerySet:
    # The field is only there since Django asks for one; the database knows the type.
    return rows.order_by(
        *(
            OrderBy(RawSQL(term.sql.text, term.sql.params, output_field=TextField()), descending=term.is_descending)
            for term in terms
        )
    )
