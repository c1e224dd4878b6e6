"""What Insight does by the clock, a file for each subject."""

from cadans.insight.jobs import alerts, forecasting, learning, snapshots, subscriptions

__all__ = ["alerts", "forecasting", "learning", "snapshots", "subscriptions"]
