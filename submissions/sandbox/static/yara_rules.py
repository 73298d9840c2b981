"""YARA rules: our own small set, and those that an administrator keeps in a folder."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import yara_x

from submissions.sandbox.static.findings import Finding
from submissions.sandbox.static.rules import HIGHEST

_OWN_FOLDER = Path(__file__).parent / "yara"
_SCANNED = 32 * 1024 * 1024


def rule_files(folder: str | Path) -> dict[str, str]:
    """The rule files of a folder by name, as text. Raises OSError when the folder cannot be read."""
    paths = sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in (".yar", ".yara"))
    return {path.name: path.read_text(encoding="utf-8", errors="replace") for path in paths}


def compiled(files: Mapping[str, str]) -> tuple[yara_x.Rules, tuple[str, ...]]:
    """The rules of these files, each in a name space of its own, and a complaint for each file that is left out."""
    compiler = yara_x.Compiler()
    complaints = []
    for name, text in files.items():
        compiler.new_namespace(name)
        try:
            yara_x.compile(text)
        except yara_x.CompileError as error:
            complaints.append(f"{name}: {' '.join(str(error).split())[:200]}")
        else:
            compiler.add_source(text)
    return compiler.build(), tuple(complaints)


# Compiled when the module is loaded: the process that is forked for each file then has them ready.
OWN_RULES = compiled(rule_files(_OWN_FOLDER))[0]


def yara_signs(content: bytes, rules: yara_x.Rules) -> Iterator[Finding]:
    """A finding for each rule that fits.

    A rule may say in its `meta` how heavy it weighs (`points`, 0 to 100) and what it means (`description`).
    """
    try:
        fitting = yara_x.Scanner(rules).scan(content[:_SCANNED]).matching_rules
    except yara_x.ScanError as error:
        yield Finding("not-all-checked", f"YARA: {error}")
        return
    for rule in fitting:
        meta = dict(rule.metadata)
        points = meta.get("points")
        weight = min(max(points, 0), HIGHEST) if isinstance(points, int) else None
        yield Finding(
            "yara", f"{rule.identifier} {meta.get('description', '')}".strip(), weight, threat=rule.identifier
        )
