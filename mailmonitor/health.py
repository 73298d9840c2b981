"""What a load balancer asks: is the process up, and can it serve."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; it looks at nothing else."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers and is migrated, else 503 with the name of the check that failed."""
    checks = {"database": "ok", "migrations": "ok"}
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            checks["migrations"] = f"{len(waiting)} to apply: run manage.py migrate"
    except DatabaseError:
        checks.update(database="does not answer", migrations="not known")
    ready = set(checks.values()) == {"ok"}
    return JsonResponse({"status": "ok" if ready else "failed", **checks}, status=200 if ready else 503)
