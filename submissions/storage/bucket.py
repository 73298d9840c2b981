"""Blobs as objects of an S3-compatible bucket: `s3://KEY:SECRET@host/bucket/prefix?region=eu-central-1`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from submissions.storage.base import FRESH, UNUSED, StorageShut

LAST = "~"
SCHEMES = {"s3": "https", "s3+http": "http"}


class Bucket:
    """An answered PUT is durable by S3's own promise. The region matters to Amazon alone."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.name, _, self.prefix = parts.path.strip("/").partition("/")
        self.host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
        self.client: Any = boto3.session.Session().client(
            "s3",
            endpoint_url=f"{SCHEMES[parts.scheme]}://{self.host}{port}",
            aws_access_key_id=unquote(parts.username or ""),
            aws_secret_access_key=unquote(parts.password or ""),
            region_name=parse_qs(parts.query).get("region", ["us-east-1"])[0],
            config=Config(
                connect_timeout=5,
                read_timeout=30,
                retries={"total_max_attempts": 3, "mode": "standard"},
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def __str__(self) -> str:
        return f"bucket {self.name} at {self.host}"

    def put(self, digest: str, blob: bytes) -> None:
        with self.trouble():
            if not self.younger(digest, FRESH):
                self.client.put_object(Bucket=self.name, Key=self.key(digest), Body=blob)

    def get(self, digest: str) -> bytes:
        with self.trouble():
            blob: bytes = self.client.get_object(Bucket=self.name, Key=self.key(digest))["Body"].read()
            return blob

    def check_room(self, mebibytes: int) -> None:
        """A bucket does not tell what is free; that it answers is asked before a mail is taken."""
        with self.trouble():
            self.client.head_bucket(Bucket=self.name)

    def remove_drafts(self) -> int:
        """An object is there whole or not at all."""
        return 0

    def holds(self, digest: str) -> bool:
        with self.trouble():
            try:
                self.client.head_object(Bucket=self.name, Key=self.key(digest))
            except ClientError as error:
                if code(error) == "404":
                    return False
                raise
            return True

    def missing(self, digests: Iterable[str]) -> Iterator[str]:
        """A thousand a request. One that the list has not, because it came later, is asked for by its name."""
        kept = self.names()
        name = next(kept, LAST)
        for digest in digests:
            while name < digest:
                name = next(kept, LAST)
            if name != digest and not self.holds(digest):
                yield digest

    def names(self) -> Iterator[str]:
        """All digests that are kept, ascending, as S3 lists them (API reference, ListObjectsV2)."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=self.key(""))
        with self.trouble():
            for page in pages:
                yield from (found["Key"].rpartition("/")[2] for found in page.get("Contents", ()))

    def remove(self, digest: str) -> bool:
        with self.trouble():
            if not self.holds(digest) or self.younger(digest, UNUSED):
                return False
            self.client.delete_object(Bucket=self.name, Key=self.key(digest))
            return True

    def younger(self, digest: str, age: timedelta) -> bool:
        """Whether it is there and was put within that time; an older one is put again, so that it counts as used."""
        try:
            found = self.client.head_object(Bucket=self.name, Key=self.key(digest))
        except ClientError as error:
            if code(error) == "404":
                return False
            raise
        return bool(found["LastModified"] > datetime.now(UTC) - age)

    def key(self, digest: str) -> str:
        return f"{self.prefix}/{digest}".lstrip("/")

    @contextmanager
    def trouble(self) -> Iterator[None]:
        """What goes wrong on the way is told as what it means here, and names the place."""
        try:
            yield
        except ClientError as error:
            words = f"{self} answered {code(error)}: {error.response['Error'].get('Message', '')}"
            raise (FileNotFoundError(words) if code(error) == "NoSuchKey" else StorageShut(words)) from error
        except BotoCoreError as error:
            raise StorageShut(f"{self}: {error}") from error


def code(error: ClientError) -> str:
    """The service's own word, such as NoSuchKey, or the HTTP status of an answer without a body."""
    return str(error.response["Error"]["Code"])
