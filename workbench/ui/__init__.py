"""The browser app: tabs over the tasks, assembled and launched here."""
