"""Each table of a release, row by row: effects and evidence come in, figures that are not yet protected go out."""
