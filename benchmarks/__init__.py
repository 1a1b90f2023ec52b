"""Speed, held against peers on the same work in the same run: `make bench`."""
