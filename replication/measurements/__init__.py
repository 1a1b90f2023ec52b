"""What is measured beside the cells of the tables."""
