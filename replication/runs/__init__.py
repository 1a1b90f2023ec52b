"""Runs: what determines one, the networks and the items it trains on, and the cells that fan its seeds out."""
