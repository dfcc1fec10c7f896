"""How much a day holds: its limits in words, its cards as a bar."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def limits_text(new: int | None, reviews: int | None) -> str:
    """The likes of "5 new cards and 1 review"; what is None is left out."""
    kinds = ((new, "new card"), (reviews, "review"))
    return " and ".join(
        f"{count} {name}{'' if count == 1 else 's'}" for count, name in kinds if count is not None
    )


@register.simple_tag
def bar(count: int, most: int) -> SafeString:
    """The number, and a bar that is as long in its cell as the number is beside the largest one."""
    drawn = '<span>{}</span><svg class="length" aria-hidden="true"><rect width="{}%" height="100%"/></svg>'
    return format_html(drawn, count, round(100 * count / most, 1) if most else 0)
