"""What pages share: the address, the release in use, how pictures and tables are shown, the guide."""
