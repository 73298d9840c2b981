"""One form for one URL."""


def normalise(url: str) -> str:
    return url.strip()


def oddities(url: str, shown: str = "") -> tuple[str, ...]:
    return ()
