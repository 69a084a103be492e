"""Pages that stay current: one stream of events for each tab, and the same by polling where streams do not get through."""
