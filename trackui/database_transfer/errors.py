"""What stops a transfer."""


class TransferError(Exception):
    """Says what is wrong and what can be done."""
