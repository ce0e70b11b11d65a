"""What leaves besides pages: files of tables, packages, images, the report, addresses for machines, catalogue, feed."""
