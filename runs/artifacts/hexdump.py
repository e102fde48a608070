"""The first bytes of a file as people read what is no text."""

SHOWN = 512
ACROSS = 16


def hexdump(data: bytes) -> str:
    """`00000010  89 50 4e 47 …  |.PNG|`, a line for 16 bytes."""
    lines = []
    for start in range(0, min(len(data), SHOWN), ACROSS):
        row = data[start : start + ACROSS]
        digits = row.hex(" ").ljust(3 * ACROSS - 1)
        printable = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{start:08x}  {digits}  {printable}")
    return "\n".join(lines)
