"""What Insight keeps, a file for each subject. Facts it keeps none: they are those of `leads`."""
