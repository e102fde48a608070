"""Every page of the registry, a module of addresses a subject."""

from registry.urls import model_detail, model_list, model_version

app_name = "models"

urlpatterns = [
    *model_list.urlpatterns,
    *model_version.urlpatterns,
    *model_detail.urlpatterns,
]
