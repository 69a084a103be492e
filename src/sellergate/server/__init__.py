"""The processes of the server and what they share: the socket, the orders, the end. Knows nothing of what is served."""
