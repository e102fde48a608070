"""The tab of a version that shows where it came from and what came of it."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry.queries.version_lineage import version_lineage
from registry.views.version_detail import head_of, render_tab
from runs.charts.lineage_svg import PictureBox, lineage_svg, upright_svg
from runs.queries.run_lineage import Node, NodeKind
from runs.views.run_relations import FORM_NAMES, readers_address
from trackui.exports.responses import FORMS


@require_safe
def version_lineage_page(request: HttpRequest, name: str, version: int) -> HttpResponse:
    head = head_of(request, name, version)
    lineage = version_lineage(head, user=request.user)
    here = (head.version.name, head.version.version)
    columns = [[picture_box(node, here) for node in stage.nodes] for stage in lineage.stages]
    context = {
        "stages": [(stage, [(node, address(node)) for node in stage.nodes]) for stage in lineage.stages],
        "picture": lineage_svg(columns, lineage.links),
        "upright": upright_svg(columns, lineage.links),
        "files": [
            (FORM_NAMES[form], reverse("models:version_table", args=[name, version, "lineage", form])) for form in FORMS
        ],
    }
    return render_tab(request, head, "lineage", context, template="runs/_lineage.html")


def picture_box(node: Node, here: tuple[str, int]) -> PictureBox:
    is_here = node.version == here
    return PictureBox(node.key, node.name, node.note, node.kind, "" if is_here else address(node), is_here)


def address(node: Node) -> str:
    """Where a node has a page; a logged model is shown among the files of the run that made it."""
    if node.version:
        return reverse("models:version_detail", args=node.version)
    if node.kind is NodeKind.DATASET:
        return readers_address(node)
    if node.kind is NodeKind.RUN:
        return reverse("runs:run_detail", args=[node.run.run_id])
    if node.kind is NodeKind.MODEL and node.is_known and node.owner:
        query = urlencode({"model": node.model_id, "path": "MLmodel"})
        return f"{reverse('runs:run_artifacts', args=[node.owner.run_id])}?{query}"
    return ""
