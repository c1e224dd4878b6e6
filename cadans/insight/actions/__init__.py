"""What Insight writes: snapshots of forecasts, and quotas."""
