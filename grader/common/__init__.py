"""What every room uses: safe text, verdicts, errors, files, locks, the log, versions."""
