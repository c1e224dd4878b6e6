"""What Insight does by the clock, a file for each subject."""

from cadans.insight.jobs import learning, snapshots

__all__ = ["learning", "snapshots"]
