import os

from django.core.management import call_command

from registry.serving.fetched import fetched_models
from trackui.environments.prepared import environments


def test_what_was_not_used_for_long_is_removed(settings, tmp_path, capsys):
    settings.TRACKUI_DATA = tmp_path
    for cache in (environments(), fetched_models()):
        for key in ("old", "new"):
            cache.hold(key, lambda staging, final: (staging / "file").write_bytes(b"x" * 8192)).release()
        os.utime(cache.root / "old", (0, 0))

    call_command("prune_caches", older_than=30)

    assert capsys.readouterr().out == "environments: removed 1, 8.2 kB\ncopies of models: removed 1, 8.2 kB\n"
    assert [entry.key for cache in (environments(), fetched_models()) for entry in cache.entries()] == ["new", "new"]
