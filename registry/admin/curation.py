"""What the pages of curation share: the frame around them, and how a POST says what was shown before it."""

import hashlib
from collections.abc import Iterable


def curation_context(request, model_admin, **more: object) -> dict[str, object]:
    opts = model_admin.opts
    return {
        **model_admin.admin_site.each_context(request),
        "opts": opts,
        "list_url": f"admin:{opts.app_label}_{opts.model_name}_changelist",
        **more,
    }


def digest_of(numbers: Iterable[int]) -> str:
    """Of what a page has shown: what is done by its form is that, or nothing."""
    return hashlib.sha256(",".join(map(str, numbers)).encode()).hexdigest()
