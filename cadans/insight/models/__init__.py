"""What Insight keeps, a file for each subject. Facts it keeps none: they are those of `leads`."""

from cadans.insight.models.alerts import Alert, AlertMail
from cadans.insight.models.forecast import ExpectedLead, Snapshot
from cadans.insight.models.key_conversions import KeyConversion
from cadans.insight.models.learned import ForecastModel
from cadans.insight.models.quotas import Quota
from cadans.insight.models.subscriptions import SentReport, Subscription
from cadans.insight.models.targets import Target

__all__ = [
    "Alert",
    "AlertMail",
    "ExpectedLead",
    "ForecastModel",
    "KeyConversion",
    "Quota",
    "SentReport",
    "Snapshot",
    "Subscription",
    "Target",
]
