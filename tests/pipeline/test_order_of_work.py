"""Which of the waiting messages a worker takes first."""

from kombu import Queue

from mailmonitor.celery import app
from submissions import tasks
from tests.servers.redis import Redis


def test_receipts_do_not_queue_behind_analyses(redis_server: Redis) -> None:
    later = (tasks.submit, tasks.poll, tasks.conclude)
    first = (tasks.unpack, tasks.deliver, tasks.fetch)
    with app.connection_for_write(redis_server.url()) as link:
        for task in (*later, *first):
            task.apply_async(args=(1,), connection=link)
        queue = Queue(app.conf.task_default_queue)(link.default_channel)

        taken = [message.headers["task"] for _ in range(6) if (message := queue.get(no_ack=True))]

    assert (set(taken[:3]), set(taken[3:])) == ({task.name for task in first}, {task.name for task in later})
