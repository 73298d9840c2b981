"""How a Joe Sandbox server and our account there do."""

import jbxapi

from submissions.sandbox.base import AccountState, Quota
from submissions.sandbox.reading import mapping, nonsense, sequence, text


def state(client: jbxapi.JoeSandbox) -> AccountState:
    if mapping(client.server_online(), "server").get("online") is not True:
        return AccountState(online=False)
    queue = mapping(client.server_info(), "server").get("queuesize")
    systems = [mapping(item, "system") for item in sequence(client.server_systems(), "systems")]
    return AccountState(
        online=True,
        queue=queue if isinstance(queue, int) else None,
        quotas=_quotas(client),
        systems=tuple(text(system, "name") for system in systems),
    )


def _quotas(client: jbxapi.JoeSandbox) -> tuple[Quota, ...]:
    """Only Cloud accounts have one; on-premise servers refuse the question."""
    try:
        quota = mapping(mapping(client.account_info(), "account").get("quota"), "quota")
    except (jbxapi.UnknownEndpointError, jbxapi.PermissionError):
        return ()
    periods = [(period, mapping(numbers, "quota")) for period, numbers in quota.items()]
    return tuple(Quota(period, _count(numbers, "limit"), _count(numbers, "remaining")) for period, numbers in periods)


def _count(numbers: dict[str, object], name: str) -> int:
    value = numbers.get(name)
    if not isinstance(value, int):
        raise nonsense(f"{name} is no number")
    return value
