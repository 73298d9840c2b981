"""What beat starts is there to be started."""

from mailmonitor.celery import app


def scheduled() -> set[str]:
    app.loader.import_default_modules()
    return {str(entry["task"]) for entry in app.conf.beat_schedule.values()}


def test_every_entry_of_the_schedule_is_a_task() -> None:
    assert {"submissions.sweep", "submissions.nightly", "submissions.check_invariants"} <= scheduled()
    assert scheduled() <= set(app.tasks)


def test_the_check_of_all_mails_may_take_longer_than_a_step() -> None:
    assert app.tasks["submissions.check_invariants"].time_limit > app.conf.task_time_limit
