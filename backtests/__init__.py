"""How well the forecast does, on data that this project did not write: `make backtest`."""
