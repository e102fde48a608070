"""Long work, and what people changed."""

from django.urls import path

from runs.views import jobs
from trackui.replica import reads_replica as read

urlpatterns = [
    path("jobs/", read(jobs.jobs), name="job_list"),
    path("jobs.<form:form>", read(jobs.jobs_file), name="job_list_file"),
    # Not from the replica: a page that follows a change must see it.
    path("jobs/<experiment_id:job_id>", jobs.job_detail, name="job_detail"),
    path("jobs/<experiment_id:job_id>/stop", jobs.job_stop, name="job_stop"),
]
