"""What every room may use: text made safe to show, verdicts, files, locks, the log, versions."""
