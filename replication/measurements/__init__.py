"""What is measured beside the cells of the tables: more runs, or other looks at a run, one module each."""
