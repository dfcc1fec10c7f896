"""Cards, and all of a site, in and out of files: one module per format. Pure."""
