"""`make bench`: what the app costs, in figures, each held against a limit where it has one.

One file for each measurement, with a function `measure` that yields its figures; the file's being here is enough.
Machines differ and are shared, so seconds are reported, and what fails is a ratio to something measured in the same
run, turn by turn, or a count.
"""
