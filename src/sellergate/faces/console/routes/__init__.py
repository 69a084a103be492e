"""The pages, one file for each screen: take what was asked, ask a service, show a view."""
