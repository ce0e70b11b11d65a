"""What leaves besides pages: files of tables, packages, addresses for machines, catalogue, feed."""
