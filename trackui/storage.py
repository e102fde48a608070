"""Static files under names that carry their hash, imports inside our ES modules included, site.css as one file."""

import re

from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

_EVERY_SCRIPT, _IMPORT_PATTERNS = HashedFilesMixin._js_module_import_aggregation_patterns

JOINED = "css/site.css"
_IMPORT = re.compile(r'^@import "([\w-]+\.css)";$', re.MULTILINE)


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed.

    Imports are rewritten in `static/js/` alone: vendored bundles are megabytes of one line, where
    the word `import` inside a string would cost a search to the end and might be rewritten.
    """

    patterns = (*HashedFilesMixin.patterns, ("js/*.js", _IMPORT_PATTERNS))

    def post_process(self, paths, dry_run=False, **options):
        if JOINED in paths and not dry_run:
            self._join(paths)
            paths = {**paths, JOINED: (self, JOINED)}
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _join(self, paths) -> None:
        """Put the files that JOINED imports, all of its folder, in place of its lines: a page waits for each."""

        def source(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                return file.read().decode()

        joined = _IMPORT.sub(lambda found: source(f"css/{found[1]}"), source(JOINED))
        self.delete(JOINED)
        self.save(JOINED, ContentFile(joined.encode()))
