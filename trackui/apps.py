from django.apps import AppConfig


class TrackuiConfig(AppConfig):
    name = "trackui"
    verbose_name = "trackui"
