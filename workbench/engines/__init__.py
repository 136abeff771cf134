"""What answers without a network."""
