"""View models: what a template shows, worked out in Python, so that no template has a rule in it."""
