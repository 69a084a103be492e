"""What implements the ports: databases, caches, metrics."""
