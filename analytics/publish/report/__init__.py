"""The report on a release for a council: a release comes in; one HTML file that needs nothing else, or its PDF, goes out."""
