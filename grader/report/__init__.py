"""Reports and runs: as data, as JSON, and in a results folder."""
