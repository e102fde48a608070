"""The Content-Type of a download, by the file's name alone. What may run in a browser is not in these tables."""

from __future__ import annotations

UNKNOWN = "application/octet-stream"
TEXT = "text/plain"

TEXT_EXTENSIONS = frozenset(
    {
        "txt",
        "log",
        "err",
        "cfg",
        "conf",
        "cnf",
        "cf",
        "ini",
        "properties",
        "prop",
        "hocon",
        "toml",
        "yaml",
        "yml",
        "xml",
        "json",
        "js",
        "py",
        "py3",
        "csv",
        "tsv",
        "md",
        "rst",
        "ipynb",
    }
)
# Names without an extension, as clients and projects spell them.
TEXT_NAMES = frozenset({"MLmodel", "MLproject", "mlproject"})

IMAGE_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "ico": "image/vnd.microsoft.icon",
}
# Only for what a page embeds with <img>, where a browser runs no script in it; see `embedded_type`.
SVG = "image/svg+xml"

OTHER_TYPES = {
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "gz": "application/gzip",
    "tar": "application/x-tar",
    "mp3": "audio/mpeg",
    "wav": "audio/x-wav",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mov": "video/quicktime",
    "avi": "video/x-msvideo",
}

# What browsers play, with the types they know it by.
PLAYED_TYPES = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "webm": "video/webm",
    "ogv": "video/ogg",
    "mov": "video/quicktime",
}


def extension(name: str) -> str:
    """What follows the last dot, in lower case; empty for `README` and for `.hidden`."""
    stem, dot, after = name.rpartition(".")
    return after.lower() if dot and stem else ""


def download_type(name: str) -> str:
    """Text-like files are exactly `text/plain`: clients compare it whole."""
    ending = extension(name)
    if name in TEXT_NAMES or ending in TEXT_EXTENSIONS:
        return TEXT
    return IMAGE_TYPES.get(ending) or OTHER_TYPES.get(ending, UNKNOWN)


def embedded_type(name: str) -> str | None:
    """The type under which a page may embed the file with <img>; None when it is no such image."""
    ending = extension(name)
    return SVG if ending == "svg" else IMAGE_TYPES.get(ending)


def played_type(name: str) -> str | None:
    """The type under which a page may play the file with <audio> or <video>; None when it is neither."""
    return PLAYED_TYPES.get(extension(name))
