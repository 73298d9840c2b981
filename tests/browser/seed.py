"""A small installation with one of everything."""

from mailmonitor.models import Heartbeat
from submissions import storage
from submissions.models import Campaign, CampaignKey, Submission
from tests import rows

LONG = "https://acme.example/pay?token=" + "abcdef0123456789" * 8
RAW = b"From: billing@acme.example\r\nSubject: Invoice\r\nContent-Type: text/html\r\n\r\n<h1>Pay</h1><img src=//x>"


def one_of_everything() -> Submission:
    """A finished malicious mail with every kind of item, beside one mail per verdict; gives back the first."""
    Heartbeat.beat("worker")
    for verdict in ("suspicious", "unknown", "failed", "clean"):
        rows.notification(rows.submission(f"FW: {verdict}", verdict=verdict, reported=[]), f"summary_{verdict}")
    rows.submission("FW: broken", state="unparseable", state_reason="It broke the reader.", reported=[])
    campaign = Campaign.objects.create(reports=2)
    CampaignKey.objects.create(campaign=campaign, kind="host", value="acme.example")
    rows.submission(verdict="suspicious", campaign=campaign)
    mail = rows.submission(
        campaign=campaign,
        verdict="malicious",
        score=92,
        digest=storage.save(RAW),
        problems=[
            {"code": "limit-depth", "path": "2.3", "detail": "", "incomplete": True},
            {"code": "locked", "path": "2.4/pay.zip", "detail": "", "incomplete": True},
        ],
    )
    archive = rows.item(mail, "invoice.zip")
    rows.analysis(archive.artifact, "clean", score=0)
    macro = rows.item(mail, "invoice.xlsm", path="2.2/invoice.zip/invoice.xlsm")
    reasons = [{"id": "a", "words": "A macro starts by itself", "points": 92}]
    rows.analysis(macro.artifact, "malicious", score=92, threat_names=["XLS.Downloader"], reasons=reasons)
    rows.analysis(rows.item(mail, LONG, notes=["text-mismatch"], seen_as=[LONG]).artifact, "suspicious", score=40)
    rows.analysis(rows.item(mail, "late.exe").artifact, state="failed", error="No result within 24 hours.")
    rows.item(mail, "https://corp.example/", skipped="whitelist", rule_words="This host: corp.example")
    rows.notification(mail)
    mail.tell("received", "2048 bytes in Reports")
    mail.tell("done", "malicious")
    return mail
