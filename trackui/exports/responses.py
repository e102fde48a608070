"""Any table at `….csv`, `….json` or `….parquet`: streamed, all rows, saying what it is of and from when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote

import msgspec
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header

from trackui.clock import now_ms
from trackui.exports.parquet import parquet_pieces
from trackui.exports.tables import Table
from trackui.exports.values import iso_time, written
from trackui.http import begun, csv_pieces

FORMS = ("csv", "json", "parquet")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}
ROWS_A_PIECE = 200


class ExportForm:
    """The ending of an address, as a converter of paths: `runs.<form:form>`."""

    regex = "|".join(FORMS)
    to_python = to_url = str


def export_response(request: HttpRequest, table: Table, form: str) -> StreamingHttpResponse:
    """The table as a file. `Content-Location` has the address, `X-Trackui-Filter` the filter (percent-encoded UTF-8),
    `X-Trackui-Time` when it was read; Parquet has them in its metadata too. JSON is a list of objects; NaN and
    infinities are words in it and in CSV.
    """
    about = {"address": request.get_full_path(), "filter": table.filter, "time": iso_time(now_ms())}
    response = StreamingHttpResponse(pieces(table, form, about), content_type=CONTENT_TYPES[form])
    response["Content-Disposition"] = content_disposition_header(True, f"{table.name}.{form}")
    response["Content-Location"] = about["address"]
    response["X-Trackui-Filter"] = quote(about["filter"])
    response["X-Trackui-Time"] = about["time"]
    response["Cache-Control"] = "private, no-cache"
    return response


def pieces(table: Table, form: str, about: Mapping[str, str]) -> Iterator[str] | Iterator[bytes]:
    table = replace(table, rows=begun(table.rows))
    if form == "parquet":
        return parquet_pieces(table, about)
    make: Callable = csv_pieces if form == "csv" else json_pieces
    lines = ([written(value, column) for value, column in zip(row, table.columns, strict=True)] for row in table.rows)
    return make([column.name for column in table.columns], lines)


def json_pieces(names: list[str], lines: Iterator[list]) -> Iterator[bytes]:
    encode = msgspec.json.encode
    written: list[bytes] = []
    before = b"["
    for line in lines:
        written.append(before + encode(dict(zip(names, line, strict=True))))
        before = b",\n"
        if len(written) == ROWS_A_PIECE:
            yield b"".join(written)
            written.clear()
    yield b"".join(written) + (b"[]\n" if before == b"[" else b"]\n")
