"""The page of a version, and versions side by side."""

from django.urls import path

import runs.urls.converters  # noqa: F401 - registers the parts of addresses
from registry.views import (
    version_compare,
    version_detail,
    version_files,
    version_lineage,
    version_tables,
    version_try,
    version_use,
)
from trackui.http import leads_to
from trackui.replica import reads_replica as read

HERE = "models/<str:name>/versions/<int:version>"

urlpatterns = [
    path("model-versions/compare", read(version_compare.version_compare), name="version_compare"),
    path("model-versions/compare.<form:form>", read(version_compare.version_compare_file), name="version_compare_file"),
    path(f"{HERE}/", read(version_detail.version_detail), name="version_detail"),
    # As people write it by hand.
    path(HERE, leads_to("models:version_detail")),
    path(f"{HERE}/files", version_files.version_files, name="version_files"),
    path(f"{HERE}/files/file", version_files.version_file, name="version_file"),
    path(f"{HERE}/files/image", version_files.version_image, name="version_image"),
    path(f"{HERE}/files/media", version_files.version_media, name="version_media"),
    path(f"{HERE}/files/frame", version_files.version_frame, name="version_frame"),
    path(f"{HERE}/files/figure.plotly.json", version_files.version_plotly, name="version_plotly"),
    path(f"{HERE}/files.zip", version_files.version_archive, name="version_archive"),
    path(f"{HERE}/lineage", read(version_lineage.version_lineage_page), name="version_lineage"),
    path(f"{HERE}/use", read(version_use.version_use), name="version_use"),
    path(f"{HERE}/try", version_try.version_try, name="version_try"),
    path(f"{HERE}/<slug:table>.<form:form>", read(version_tables.version_table), name="version_table"),
]
