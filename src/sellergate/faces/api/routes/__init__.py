"""One file of routes per noun: parse, call, shape."""
