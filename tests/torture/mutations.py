"""A million mutated mails through the extractor: no exception, none over 10 s, never more than 1 GiB.

    python -m tests.torture mutations [unguided] [RUNS] [SECONDS]

Guided by coverage (atheris, Apache 2.0, installed for the campaign only, into a folder of its own) and seeded by the
corpora; with `unguided`, or where there is no atheris for this Python, by the mutator of the tests, many times as fast.
Ends after RUNS mails, or after SECONDS when that comes first, and says how many it were; a mail that breaks it is kept
as a file.
"""

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from submissions.extraction.extract import extract
from tests.extraction.reading import ROOT, corpora_name
from tests.extraction.test_mutated_mails import CONTENTS, LARGEST, LIMITS, LONGEST_SECONDS, mutated

ATHERIS = "atheris==3.0.0"
RUNS = 1_000_000
MEBIBYTES = 1024
SHOWN_EVERY = 50_000
KEPT = ROOT / "var" / "mutations"


def main(arguments: list[str]) -> None:
    is_guided = arguments[:1] != ["unguided"]
    arguments = arguments if is_guided else arguments[1:]
    runs = int(arguments[0]) if arguments else RUNS
    seconds = int(arguments[1]) if len(arguments) > 1 else 0
    print(f"seeds: {len(CONTENTS)} mails of {corpora_name()}", flush=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        if is_guided and installed(Path(folder, "atheris")):
            guided(Path(folder), runs, seconds)
            return
    print(f"mutated without guidance, Python {sys.version.split()[0]}", flush=True)
    unguided(runs, seconds)


def installed(folder: Path) -> bool:
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:")
    return subprocess.run([*pip, "--target", folder, ATHERIS], stderr=subprocess.DEVNULL).returncode == 0


def guided(folder: Path, runs: int, seconds: int) -> None:
    """libFuzzer itself watches time and memory, and keeps what breaks."""
    seeds = folder / "seeds"
    seeds.mkdir()
    for number, content in enumerate(CONTENTS):
        Path(seeds, f"{number:05}").write_bytes(content)
    command = [
        sys.executable, "-m", "tests.torture.fuzzed", str(seeds), f"-runs={runs}", f"-max_total_time={seconds}",
        f"-max_len={LARGEST}", f"-timeout={LONGEST_SECONDS}", f"-rss_limit_mb={MEBIBYTES}", f"-artifact_prefix={KEPT}/",
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder / "atheris"), str(ROOT)])}
    fuzzer = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True, errors="replace")
    assert fuzzer.stderr is not None
    tail: list[str] = []
    done = 0
    for line in fuzzer.stderr:
        tail = [*tail[-30:], line]
        if count := re.match(r"#(\d+)\s", line):
            done = int(count[1])
            if "pulse" in line:
                print(f"{done} mails under guidance", flush=True)
    code = fuzzer.wait()
    print("".join(tail[-3:]), end="")
    if code:
        sys.exit(f"stopped after {done} mails, exit code {code}; the mail is in {KEPT}\n{''.join(tail)}")
    print(f"{done} mails mutated under guidance: no exception, none over {LONGEST_SECONDS} s or {MEBIBYTES} MiB")


def unguided(runs: int, seconds: int) -> None:
    begin = time.monotonic()
    done = 0
    for seed in range(runs):
        if seconds and time.monotonic() - begin > seconds:
            break
        raw = mutated(seed)
        start = time.process_time()
        Path(KEPT, "last").write_bytes(raw)
        extract(raw, LIMITS)
        took = time.process_time() - start
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        if took > LONGEST_SECONDS or used > MEBIBYTES:
            sys.exit(f"mail of seed {seed}: {took:.1f} s, {used} MiB")
        done += 1
        if done % SHOWN_EVERY == 0:
            print(f"{done} mails", flush=True)
    print(f"{done} mails mutated: no exception, none over {LONGEST_SECONDS} s or {MEBIBYTES} MiB")
