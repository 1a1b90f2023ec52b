"""What `evaluate` publishes in `reports/<profile>/` and the report reads: the shape of every file, checked on reading.

`metrics.json` is the DVC metric; the rest is what tables and figures need, so that a report rebuilds from this one
folder, without the data, the runs or torch.
"""
