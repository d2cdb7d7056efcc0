"""Floor 4: the sleeve's daily history as columns for charts, benchmarks and drawdown; estimates, never booked."""
