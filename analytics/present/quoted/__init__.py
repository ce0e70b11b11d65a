"""What somebody quotes comes in; whether it was published, still stands and is unaltered goes out."""
