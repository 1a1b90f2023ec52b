"""Training as such: batches, networks, phases and the loop that carries them out; it knows no method and no dataset."""
