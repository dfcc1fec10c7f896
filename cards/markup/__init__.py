"""What a card's text looks like: Markdown, maths and code as safe HTML, and the difference of two texts. Pure."""

from cards.markup.difference import Piece, difference
from cards.markup.mentions import mentioned
from cards.markup.plain import plain
from cards.markup.render import render, render_in
from cards.markup.three_way import Hunk, merge, three_way

__all__ = ["Hunk", "Piece", "difference", "mentioned", "merge", "plain", "render", "render_in", "three_way"]
