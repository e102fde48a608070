"""The page of a run: every tab an address."""

from django.urls import path

from runs.views import (
    artifact_file,
    figures,
    run_artifacts,
    run_detail,
    run_edit,
    run_logs,
    run_relations,
    run_system,
    run_tables,
)
from trackui.http import leads_to
from trackui.replica import reads_replica as read

urlpatterns = [
    path("runs/<str:run_id>/", read(run_detail.run_detail), name="run_detail"),
    # As people write it by hand.
    path("runs/<str:run_id>", leads_to("runs:run_detail")),
    path("runs/<str:run_id>/params", read(run_detail.run_params), name="run_params"),
    path("runs/<str:run_id>/metrics", read(run_detail.run_metrics), name="run_metrics"),
    path("runs/<str:run_id>/charts", read(run_detail.run_charts), name="run_charts"),
    path("runs/<str:run_id>/charts/<path:key>", read(figures.run_chart), name="run_chart"),
    path("runs/<str:run_id>/tags", read(run_detail.run_tags), name="run_tags"),
    path("runs/<str:run_id>/tags/set", run_edit.set_run_tag, name="run_tag_set"),
    path("runs/<str:run_id>/tags/delete", run_edit.delete_run_tag, name="run_tag_delete"),
    path("runs/<str:run_id>/system", read(run_system.run_system), name="run_system"),
    path("runs/<str:run_id>/children", read(run_relations.run_children), name="run_children"),
    path("runs/<str:run_id>/similar", read(run_relations.run_similar), name="run_similar"),
    path("runs/<str:run_id>/lineage", read(run_relations.run_lineage), name="run_lineage"),
    path("runs/<str:run_id>/history", run_relations.run_history_page, name="run_history"),
    path("runs/<str:run_id>/logs", run_logs.run_logs, name="run_logs"),
    path("runs/<str:run_id>/artifacts", run_artifacts.run_artifacts, name="run_artifacts"),
    path("runs/<str:run_id>/artifacts/file", artifact_file.artifact_file, name="artifact_file"),
    path("runs/<str:run_id>/artifacts/image", artifact_file.artifact_image, name="artifact_image"),
    path("runs/<str:run_id>/artifacts/media", artifact_file.artifact_media, name="artifact_media"),
    path("runs/<str:run_id>/artifacts/frame", artifact_file.artifact_frame, name="artifact_frame"),
    path("runs/<str:run_id>/artifacts/figure.plotly.json", artifact_file.artifact_plotly, name="artifact_plotly"),
    path("runs/<str:run_id>/artifacts.zip", artifact_file.artifact_archive, name="artifact_archive"),
    path("runs/<str:run_id>/edit", run_edit.edit_run, name="run_edit"),
    path("runs/<str:run_id>/delete", run_edit.delete_run_page, name="run_delete"),
    path("runs/<str:run_id>/restore", run_edit.restore_run_page, name="run_restore"),
    path("runs/<str:run_id>/<slug:table>.<form:form>", read(run_tables.run_table), name="run_table"),
]
