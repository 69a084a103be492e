"""What services need from the outside, as Protocols: each docstring is the contract an implementer signs."""
