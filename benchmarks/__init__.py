"""How fast the product is, as ratios to a floor measured in the same run (docs/topics/speed.md)."""
