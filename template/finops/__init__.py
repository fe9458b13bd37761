"""What the service costs on each deployment target: `poe cost --help`."""
