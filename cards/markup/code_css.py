"""The stylesheet of what `render` makes: `python -m cards.markup.code_css > static/css/code.css` writes it."""

import sys

# Each class of `code`: its colour on a light and on a dark ground, and what else sets it apart. Each colour has a
# contrast of at least 4.5 to 1 on the ground of `pre`.
GROUND = ("#f1efe8", "#1c1f25")
COLOURS = {
    "t-c": ("#5b626d", "#a2a7b0", "font-style: italic;"),
    "t-k": ("#7a3a86", "#d2a8e6", ""),
    "t-s": ("#1f6f3a", "#86d39d", ""),
    "t-m": ("#a8420d", "#f0a06a", ""),
    "t-nb": ("#0b6e69", "#5fd0c5", ""),
    "t-nf": ("#1f5f9e", "#8fbcf2", ""),
    "t-nd": ("#7d5a00", "#dcc072", ""),
    "t-gp": ("#5b626d", "#a2a7b0", "user-select: none;"),
    "t-go": ("#5b626d", "#a2a7b0", ""),
    "t-gh": ("#1d2127", "#e9e7e1", "font-weight: 600;"),
    "t-gi": ("#1f6f3a", "#86d39d", ""),
    "t-gd": ("#a3283b", "#f08c99", ""),
}
HEAD = "/* Rendered card content. Written by `python -m cards.markup.code_css`: edit it there. */\n"
REST = """
.content :is(h4, h5, h6) { font-size: .95rem; margin: 1.2rem 0 .4rem; }

/* Cells of a table, as its second line says. */
.content .to-left { text-align: left; }
.content .to-right { text-align: right; }
.content .to-centre { text-align: center; }

/* Formulas. A long one scrolls by itself, within its line or on a line of its own. */
.content span.scroll { display: inline-block; vertical-align: middle; overflow-y: hidden; }
.content span.scroll.display { display: block; }
.content .scroll:has(> math) { padding-block: .2rem; }
.content .scroll > math[display] { overflow: visible; max-width: none; padding: 0; }
.content mtd[columnalign="left"] { text-align: left; }
.content mtd[columnalign="right"] { text-align: right; }
.content menclose { border: 1px solid; padding: .15em .3em; }
.content .maths-error { text-decoration: underline wavy light-dark(#a3283b, #f08c99); }
.content .not-formatted { color: light-dark(#5b626d, #a2a7b0); }
"""


def stylesheet() -> str:
    """The whole text of static/css/code.css."""
    rules = (
        f"pre .{name} {{ color: light-dark({light}, {dark}); {rest}".rstrip() + " }\n"
        for name, (light, dark, rest) in COLOURS.items()
    )
    return HEAD + "".join(rules) + REST


if __name__ == "__main__":
    sys.stdout.write(stylesheet())
