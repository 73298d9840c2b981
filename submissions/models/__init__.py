"""The tables of reported mails, one file each."""

from submissions.models.analysis import Analysis
from submissions.models.artifact import Artifact, Item
from submissions.models.campaign import Campaign, CampaignKey
from submissions.models.decision import Decision
from submissions.models.deny import DenyRule
from submissions.models.gate import SandboxGate
from submissions.models.mailbox import Mailbox
from submissions.models.profile import MailboxStep, SandboxProfile
from submissions.models.review import Review, SavedView
from submissions.models.simulation import Simulation
from submissions.models.submission import Submission
from submissions.models.subscription import Subscription
from submissions.models.tally import Tally
from submissions.models.whitelist import WhitelistRule

__all__ = [
    "Analysis",
    "Artifact",
    "Campaign",
    "CampaignKey",
    "Decision",
    "DenyRule",
    "Item",
    "Mailbox",
    "MailboxStep",
    "Review",
    "SandboxGate",
    "SandboxProfile",
    "SavedView",
    "Simulation",
    "Submission",
    "Subscription",
    "Tally",
    "WhitelistRule",
]
