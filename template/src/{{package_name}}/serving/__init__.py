"""The HTTP service: `server.py` runs it, `app.py` puts it together."""
