"""The verbs: one method, one transaction."""
