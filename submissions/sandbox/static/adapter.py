"""The built-in static engine behind the same door as every sandbox. Each file is judged in a child process."""

from pathlib import Path

from submissions import jail
from submissions.jail import MEBIBYTE, JailBroken, JailLimits
from submissions.sandbox.base import Report, Sample, SandboxError, Submitted
from submissions.sandbox.static import wire
from submissions.sandbox.static.settings import Settings
from submissions.sandbox.static.yara_rules import rule_files

LIMITS = JailLimits(cpu_seconds=30, memory_bytes=1024 * MEBIBYTE, seconds=60, answer_bytes=MEBIBYTE)


class StaticSandbox:
    """Answers at once and keeps nothing; submitting again only costs the time.

    `yara_dir` is a folder with YARA rules beside our own, read for each sample, so a new rule counts at once.
    `own_domains` and `brands` are names whose look-alikes are to be noticed.
    """

    name = "static"
    repeatable = True

    def __init__(
        self,
        *,
        yara_dir: str | Path | None = None,
        own_domains: tuple[str, ...] = (),
        brands: tuple[str, ...] = (),
    ) -> None:
        self.yara_dir = yara_dir or None
        self.own_domains = own_domains
        self.brands = brands

    def submit(self, sample: Sample) -> Submitted:
        return Submitted(sample.digest, self._judge(sample))

    def poll(self, reference: str, sample: Sample) -> Report | None:
        """Judge it once more. Only an answer that was lost on its way leads here."""
        if reference != sample.digest:
            raise SandboxError("no such submission", kind="invalid", permanent=True)
        return self._judge(sample)

    def find(self, sample: Sample) -> Submitted | None:
        """Nothing is kept, so nothing is found, and the sample is submitted again."""
        return None

    def _judge(self, sample: Sample) -> Report:
        if not sample.url and not sample.content:
            raise SandboxError("there is no content to be analysed", kind="invalid", permanent=True)
        try:
            return wire.read_report(jail.run("static", wire.request(sample, self._settings()), LIMITS))
        except JailBroken as error:
            raise SandboxError(f"The static checks gave up: {error.reason}", kind="analysis", permanent=True) from error
        except wire.WireError as error:
            raise SandboxError(
                f"The static checks answered nonsense: {error}", kind="protocol", permanent=True
            ) from error

    def _settings(self) -> Settings:
        return Settings(self.own_domains, self.brands, self._rule_files())

    def _rule_files(self) -> dict[str, str]:
        if self.yara_dir is None:
            return {}
        try:
            return rule_files(self.yara_dir)
        except OSError as error:
            raise SandboxError(f"The folder of YARA rules cannot be read: {error.strerror}", kind="offline") from error
