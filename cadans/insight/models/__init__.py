"""What Insight keeps, a file for each subject. Facts it keeps none: they are those of `leads`."""

from cadans.insight.models.forecast import ExpectedLead, Snapshot
from cadans.insight.models.learned import ForecastModel
from cadans.insight.models.quotas import Quota

__all__ = ["ExpectedLead", "ForecastModel", "Quota", "Snapshot"]
