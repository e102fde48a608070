"""Every page, a module of addresses a subject.

A view is mounted with `reads_replica` where it only reads. Those around a change, its forms included, read where
it is made.
"""

import runs.urls.converters  # noqa: F401 - registers the parts of addresses
from runs.urls import (
    charts,
    compare,
    experiments,
    explore,
    groups,
    jobs,
    run_detail,
    run_list,
    saved_views,
    table_tools,
    webhooks,
)

app_name = "runs"

urlpatterns = [
    *experiments.urlpatterns,
    *run_list.urlpatterns,
    *table_tools.urlpatterns,
    *saved_views.urlpatterns,
    *groups.urlpatterns,
    *charts.urlpatterns,
    *explore.urlpatterns,
    *jobs.urlpatterns,
    *webhooks.urlpatterns,
    *compare.urlpatterns,
    *run_detail.urlpatterns,
]
