"""What is measured beside the cells of the tables: ordinary cells with other settings, or on derived data."""
