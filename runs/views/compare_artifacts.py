"""Files of the compared runs: images in a grid, which run has which file, and two files held against each other."""

from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from runs.artifacts.table_diff import ROW_NUMBER
from runs.models import Run
from runs.queries.comparison_file import files_diff
from runs.queries.comparison_files import ComparedFiles, FileRow, compared_files
from runs.queries.comparison_images import image_grid
from runs.queries.comparison_options import ComparisonOptions
from runs.queries.comparison_runs import FEWEST, MOST, ComparedRuns, compared_runs
from runs.views.compare_runs import asked_runs, no_comparison, too_many
from trackui.errors import TrackingError, shorten
from trackui.exports.responses import export_response
from trackui.exports.tables import Column, Kind, Table
from trackui.http import render_page

FILES_SHOWN = 500
LAYOUTS = ("split", "unified")
LONGEST_PATH = 1_100


@require_safe
@gzip_page
def compare_artifacts(request: HttpRequest) -> HttpResponse:
    """`show`: images or files; `path`: one file, of the runs `a` and `b`; `step`: of images; `q`: part of a path."""
    options = ComparisonOptions.from_query(request.GET)
    if len(options.run_ids) > MOST:
        return no_comparison(request, options, ComparedRuns([]), reason=too_many(options), status=400)
    compared = compared_runs(options, user=request.user)
    if len(compared.runs) < FEWEST:
        return no_comparison(request, options, compared)
    runs = compared.runs
    files = compared_files(runs, user=request.user)
    path = request.GET.get("path", "")
    context = {
        "runs": runs,
        "reference": runs[0],
        "compared": compared,
        "options": options,
        "files": files,
        "path": path,
        "tab": "artifacts",
        "experiment": runs[0].experiment if len({run.experiment_id for run in runs}) == 1 else None,
    }
    context |= file_context(request, runs, files, path) if path else list_context(request, files, len(runs))
    status = 404 if context.get("is_missing") else 200
    template = "runs/run_compare_artifacts.html"
    return render_page(request, template, context, fragment="runs/_compare_images.html", status=status)


def list_context(request: HttpRequest, files: ComparedFiles, width: int) -> dict:
    q = request.GET.get("q", "").strip().replace("\0", "")[:LONGEST_PATH]
    asked = request.GET.get("step", "")
    step = whole_number(asked)
    grid = image_grid(files.rows, width=width, step=step, q=q)
    show = request.GET.get("show") or ("images" if grid.rows else "files")
    listed = [row for row in files.rows if q.casefold() in row.path.casefold()]
    everything = request.GET.get("all") == "1"
    differing = [row for row in listed if everything or row.state != "same"]
    return {
        "q": q,
        "show": "images" if show == "images" else "files",
        "grid": grid,
        "step_problem": f"“step={shorten(asked, 40)}” is no whole number." if asked and step is None else "",
        "images": sum(row.is_image for row in files.rows),
        "rows": differing[:FILES_SHOWN],
        "hidden": max(0, len(differing) - FILES_SHOWN),
        "same": len(listed) - len(differing),
        "all": everything,
    }


def whole_number(text: str) -> int | None:
    digits = text.strip().removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 20 else None


def file_context(request: HttpRequest, runs: Sequence[Run], files: ComparedFiles, path: str) -> dict:
    row = files.row(path)
    if row is None:
        return {"is_missing": True}
    before, after = sides(request, runs, row)
    context: dict = {"row": row, "before": before, "after": after, "owned": list(zip(runs, row.files, strict=True))}
    layout = request.GET.get("layout", "")
    context["layout"] = layout if layout in LAYOUTS else LAYOUTS[0]
    if row.is_image or after is None:
        return context
    try:
        left, right = row.files[runs.index(before)], row.files[runs.index(after)]
        context["diff"] = files_diff(row, left, right, user=request.user, key=request.GET.get("key"))
        context["row_number"] = ROW_NUMBER
    except TrackingError as error:
        context["failure"] = error.message
    return context


def sides(request: HttpRequest, runs: Sequence[Run], row: FileRow) -> tuple[Run, Run | None]:
    """The runs whose files are compared: those that `a` and `b` name, else the reference, or the first that has the
    file, and the next whose file may be another."""
    having = [run for run, file in zip(runs, row.files, strict=True) if file is not None]
    by_id = {run.run_id: run for run in having}
    before = by_id.get(request.GET.get("a", ""), having[0])
    others = [run for run in having if run != before]
    after = by_id.get(request.GET.get("b", ""))
    return before, after if after in others else next(iter(others), None)


@require_safe
def compare_artifacts_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list of files: a row a path, a column of lengths a run."""
    runs = asked_runs(request, ComparisonOptions.from_query(request.GET)).runs
    files = compared_files(runs, user=request.user)
    columns = [Column("path"), Column("state"), *(Column(run.run_id, Kind.INTEGER) for run in runs)]
    return export_response(request, Table("artifacts", columns, file_rows(files)), form)


def file_rows(files: ComparedFiles) -> Iterator[list]:
    return ([row.path, row.state, *(file and file.size for file in row.files)] for row in files.rows)
