"""Importing this makes Django ready, on the database that trackui's settings name."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trackui.settings")
django.setup()
