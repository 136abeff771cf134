"""The tasks of the workbench, one module each."""
