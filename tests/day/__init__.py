"""A modelled day of many learners: what it asks of a site, in figures (`model`), and replayed by real processes."""
