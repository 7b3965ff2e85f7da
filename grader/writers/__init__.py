"""Writers: each makes one kind of output from reports."""
