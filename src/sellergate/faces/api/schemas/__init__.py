"""What goes in and out, as pydantic models: the wire names of everything."""
