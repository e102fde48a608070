"""Long work, and what people changed."""

from django.urls import path

from runs.views import audit, jobs
from trackui.replica import reads_replica as read

urlpatterns = [
    path("jobs/", read(jobs.jobs), name="job_list"),
    path("jobs.<form:form>", read(jobs.jobs_file), name="job_list_file"),
    # Not from the replica: a page that follows a change must see it.
    path("jobs/<experiment_id:job_id>", jobs.job_detail, name="job_detail"),
    path("jobs/<experiment_id:job_id>/stop", jobs.job_stop, name="job_stop"),
    path("audit", read(audit.audit), name="audit"),
    path("audit.<form:form>", read(audit.audit_file), name="audit_file"),
    path("experiments/<experiment_id:experiment_id>/audit", read(audit.experiment_audit), name="experiment_audit"),
    path(
        "experiments/<experiment_id:experiment_id>/audit.<form:form>",
        read(audit.experiment_audit_file),
        name="experiment_audit_file",
    ),
]
