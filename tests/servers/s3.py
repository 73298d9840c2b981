"""An S3 server of a test's own on loopback: moto, which checks requests as Amazon documents them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import boto3

from tests.servers.processes import directory_for, free_port, running, wait_for_port


@dataclass(frozen=True)
class S3:
    port: int

    def url(self, bucket: str, prefix: str = "") -> str:
        return f"s3+http://access:secret@127.0.0.1:{self.port}/{bucket}/{prefix}"

    def make(self, bucket: str) -> None:
        client = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{self.port}",
            aws_access_key_id="access",
            aws_secret_access_key="secret",
            region_name="us-east-1",
        )
        client.create_bucket(Bucket=bucket)


@contextmanager
def s3() -> Iterator[S3]:
    port = free_port()
    with directory_for("s3") as directory:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        log = directory / "s3.log"
        with running(command, log=log) as process:
            wait_for_port(port, process, log)
            yield S3(port)
