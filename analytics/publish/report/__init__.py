"""The report on a release: the release comes in; one HTML file that needs nothing else, or its PDF, goes out."""
