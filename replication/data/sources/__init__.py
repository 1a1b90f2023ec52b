"""One file a dataset; the file's name is the dataset's name. What such a file holds stands in `data/source.py`."""
