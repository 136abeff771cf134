"""Pure encode and decode for each wire protocol."""
