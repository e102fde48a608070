"""Static files under names that carry their hash, imports inside our ES modules included."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

_EVERY_SCRIPT, _IMPORT_PATTERNS = HashedFilesMixin._js_module_import_aggregation_patterns


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed.

    Imports are rewritten in `static/js/` alone: vendored bundles are megabytes of one line, where
    the word `import` inside a string would cost a search to the end and might be rewritten.
    """

    patterns = (*HashedFilesMixin.patterns, ("js/*.js", _IMPORT_PATTERNS))
