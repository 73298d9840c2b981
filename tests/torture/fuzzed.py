"""The process of the campaign `mutations` that is fuzzed: instrumented before anything of the extractor is imported."""

import sys


def fuzz() -> None:
    """Until libFuzzer, which reads the command line, says that it is enough."""
    import atheris

    with atheris.instrument_imports(include=["submissions.extraction"]):
        from submissions.extraction.extract import extract
    from tests.extraction.test_mutated_mails import LIMITS

    def one(raw: bytes) -> None:
        extract(raw, LIMITS)

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    fuzz()
