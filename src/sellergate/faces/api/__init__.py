"""The HTTP API for sellers, suppliers, admins and operators."""
