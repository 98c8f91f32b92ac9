"""QR codes: a page that leads to its live version."""

from __future__ import annotations

from io import BytesIO

from hotspots.core.errors import ParameterError


def qr_svg(text: str, *, title: str = "QR code") -> str:
    """Return a QR code as an SVG drawing.

    Raises ParameterError if there is no text, or more than a code can hold.

    References
    ----------
    ISO/IEC 18004, "QR code bar code symbology specification".

    Examples
    --------
    >>> qr_svg("https://example.org/plan/1", title="Plan 1")[:32]
    '<svg xmlns="http://www.w3.org/20'
    """
    import segno
    from segno.encoder import DataOverflowError

    if not text:
        raise ParameterError("a QR code must hold some text; got none.")
    try:
        code = segno.make_qr(text, error="m", encoding="utf-8", mode="byte")
    except DataOverflowError as error:
        raise ParameterError(
            "a QR code must hold at most about 2,300 characters; got "
            f"{len(text):,}. Use a shorter address."
        ) from error
    held = BytesIO()
    code.save(
        held,
        kind="svg",
        border=4,
        dark="#000",
        light="#fff",
        title=title,
        omitsize=True,
    )
    return held.getvalue().decode("utf-8").split("?>", 1)[1].strip()
