"""Who may see what of the registry, for SQL written by hand; querysets ask `visible_to`."""


def readable_models(user, column: str) -> tuple[str, tuple]:
    """A condition, with its parameters, that holds where `column` is a registered model the caller may read.

    Without accounts: everywhere.
    """
    return "1 = 1", ()
