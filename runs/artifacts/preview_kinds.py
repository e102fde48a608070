"""The ways in which pages show files, and which way the name of a file asks for."""

from __future__ import annotations

from enum import StrEnum

LANGUAGES = {
    "py": "python",
    "py3": "python",
    "ipynb": "json",
    "json": "json",
    "js": "javascript",
    "mjs": "javascript",
    "ts": "typescript",
    "css": "css",
    "html": "html",
    "htm": "html",
    "xml": "xml",
    "svg": "xml",
    "sql": "sql",
    "sh": "bash",
    "r": "r",
    "java": "java",
    "scala": "scala",
    "c": "c",
    "h": "c",
    "cpp": "cpp",
    "go": "go",
    "rs": "rust",
    "ini": "ini",
    "cfg": "ini",
    "toml": "toml",
    "yaml": "yaml",
    "yml": "yaml",
    "dockerfile": "docker",
}
# Files known by their whole name.
NAMED_LANGUAGES = {
    "MLmodel": "yaml",
    "MLproject": "yaml",
    "mlproject": "yaml",
    "Dockerfile": "docker",
    "Makefile": "make",
}
PARQUET = frozenset(("parquet", "pq"))


class PreviewKind(StrEnum):
    TEXT = "text"
    CODE = "code"
    JSON = "json"
    TABLE = "table"
    MARKDOWN = "markdown"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    HTML = "html"
    PDF = "pdf"
    PLOTLY = "plotly"
    NOTEBOOK = "notebook"
    ARRAY = "array"
    BYTES = "bytes"


# Text that is laid out: as it was written it can be seen too.
LAID_OUT = frozenset(
    (
        PreviewKind.JSON,
        PreviewKind.TABLE,
        PreviewKind.MARKDOWN,
        PreviewKind.HTML,
        PreviewKind.PLOTLY,
        PreviewKind.NOTEBOOK,
    )
)
