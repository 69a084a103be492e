"""The console: pages for suppliers, sellers, operators and admins, over the same services as the API.

How a page is made, and where each thing has its place: docs/explanation/console.md.
"""
