"""The items of a mail as a tree: mail, attachment, archive member, link. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from submissions.judgement import Judged
from submissions.verdicts import Verdict, worst

OWN = "reporters-own"


@dataclass
class Node:
    """An item at its place. `level` is 0 right in a mail; `inside` are the nodes found in it."""

    judged: Judged
    level: int = 0
    inside: list["Node"] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Colour and icon: skipped, running, or the worst verdict of the item and all that is in it."""
        own = self.own
        below = [Verdict(node.key) for node in self.inside if node.key not in ("running", "skipped")]
        if own in ("running", "skipped"):
            return own
        return worst([Verdict(own), *(verdict for verdict in below if verdict is not Verdict.FAILED)])

    @property
    def own(self) -> str:
        """What is said of the item itself."""
        if self.judged.item.skipped:
            return "skipped"
        return self.judged.verdict or "running"

    @property
    def score(self) -> int | None:
        """The score behind `key`: the item's own, or the highest among what decided it inside."""
        if self.key == self.own:
            return self.judged.score
        return max((node.score or 0 for node in self.inside if node.key == self.key), default=None)

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """Why, the strongest first."""
        found = [reason for analysis in self.judged.analyses for reason in analysis.reasons]
        return sorted(found, key=lambda reason: -int(reason["points"]))


@dataclass(frozen=True)
class Mail:
    """One reported mail with the nodes found in it, parents before children. `facts` is empty for none."""

    facts: dict[str, Any]
    nodes: list[Node]


def grown(reported: Sequence[dict[str, Any]], items: Iterable[Judged]) -> list[Mail]:
    """The tree, a list of nodes per reported mail; what lies outside all of them comes last."""
    nodes = [Node(judged) for judged in items]
    files = {node.judged.item.path: node for node in nodes if node.judged.item.artifact.kind == "file"}
    roots: list[Node] = []
    for node in nodes:
        parent = _parent(node, files)
        (roots if parent is None else parent.inside).append(node)
    mails = [Mail(facts, []) for facts in reported]
    outside = Mail({}, [])
    for node in roots:
        mail = _mail_of(node, mails) or outside
        mail.nodes.extend(_flat(node, 0))
    return [*mails, outside] if outside.nodes or not mails else mails


def _parent(node: Node, files: dict[str, Node]) -> Node | None:
    """The file in which the item was found: the one with the longest path that leads to it."""
    for place in _places(node):
        holders = [path for path in files if path and (place.startswith((f"{path}/", f"{path} ")))]
        if holders:
            return files[max(holders, key=len)]
    return None


def _places(node: Node) -> list[str]:
    item = node.judged.item
    return list(item.found_in) if item.artifact.kind == "url" else [item.path]


def _mail_of(node: Node, mails: list[Mail]) -> Mail | None:
    """The innermost reported mail that holds the item; the whole mail has the empty path."""
    place = next(iter(_places(node)), "").split(" ")[0]
    is_own = OWN in node.judged.item.notes
    holding = [
        mail for mail in mails if _leads(_path(mail), place) and not (is_own and mail.facts.get("how") == "inline")
    ]
    return max(holding, key=lambda mail: len(_path(mail)), default=None)


def _path(mail: Mail) -> str:
    """Where what belongs to the mail begins: of one forwarded inline the mail that it stands in, with its files."""
    facts = mail.facts.get("facts") or {}
    return str(facts.get("within", "") if mail.facts.get("how") == "inline" else mail.facts.get("path", ""))


def _leads(path: str, place: str) -> bool:
    return not path or place == path or place.startswith((f"{path}.", f"{path}/"))


def _flat(node: Node, level: int) -> list[Node]:
    """The node and all below it in reading order; deeper than four levels is shown at the fourth."""
    node.level = min(level, 4)
    return [node, *(below for child in node.inside for below in _flat(child, level + 1))]
