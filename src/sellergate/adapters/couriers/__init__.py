"""What carries messages: mail, chats and pagers, and webhooks."""
