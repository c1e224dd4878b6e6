"""What Insight does by the clock, a file for each subject."""

from cadans.insight.jobs import forecasting, learning, snapshots

__all__ = ["forecasting", "learning", "snapshots"]
