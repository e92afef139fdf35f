"""Durations as ISO 8601 writes them."""

_HOUR, _MINUTE = 3_600_000, 60_000


def iso_duration(ms: int) -> str:
    """Write a length of time in ms, exactly, as hours, minutes and seconds: `PT1H2M3.5S`."""
    hours, rest = divmod(ms, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    seconds, thousandths = divmod(rest, 1000)
    fraction = f".{thousandths:03}".rstrip("0") if thousandths else ""
    parts = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes)
    if seconds or thousandths or not parts:
        parts += f"{seconds}{fraction}S"
    return f"PT{parts}"
