"""Attaching a demo to a card: which one, with which parameters; it becomes a `demo:` line of the card's details."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cards.cardtext import DemoLink, demo_texts, with_demo, without_demo
from cards.demos.contract import Demo
from cards.demos.registry import demo as demo_of
from cards.demos.registry import demos
from cards.forms.demo_runs import ParametersForm

ATTACH_ACTS = ["demo", "attach", "detach"]


class AttachForm(ParametersForm):
    """The parameters of the demo that is to be attached: as those of a run, but without its key."""

    def __init__(
        self, demo: Demo, data: QueryDict | None = None, *, texts: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(demo, data, texts=texts)
        for parameter in demo.parameters[:1]:
            field = self.fields[parameter.name]
            field.label = parameter.label
            del field.widget.attrs["data-key"]

    @property
    def link(self) -> DemoLink:
        """What a valid form attaches: every parameter is written out, so that another default changes no card."""
        return DemoLink(self.demo.slug, tuple(self.demo.write(self.values).items()))


@dataclass(frozen=True, slots=True)
class Attached:
    """A demo that the details name: what stands there, and the demo's title where it is here."""

    text: str
    title: str


@dataclass(frozen=True, slots=True)
class Attaching:
    """The part of a card's editor for demos: the details as they are typed, and the demo that is being chosen."""

    details: str
    demo: Demo | None = None
    form: AttachForm | None = None
    said: str | Promise = ""
    is_refused: bool = False

    @classmethod
    def read(cls, data: QueryDict) -> Self:
        """What one of its buttons asks for: the parameters of a demo, or to attach it, or to take one off."""
        details, demo = data.get("details", ""), demo_of(data.get("demo", ""))
        if "detach" in data:
            left = without_demo(details, data.get("detach", ""))
            return cls(left, said=_("The demo is taken off. Save the card to keep it so."))
        if demo is None:
            return cls(details, said=_("Choose a demo."), is_refused=True)
        if data.get("act") != "attach" or data.get("shown") != demo.slug:
            return cls(details, demo, AttachForm(demo))
        form = AttachForm(demo, data)
        if not form.is_valid():
            return cls(details, demo, form, is_refused=True)
        return cls(
            with_demo(details, form.link), said=_("The demo is attached. Save the card to keep it so.")
        )

    @property
    def attached(self) -> list[Attached]:
        found: list[Attached] = []
        for text in demo_texts(self.details):
            demo = demo_of(text.partition(" ")[0])
            found.append(Attached(text, demo.title if demo else ""))
        return found

    @property
    def choices(self) -> tuple[Demo, ...]:
        return demos()

    @property
    def is_open(self) -> bool:
        return bool(self.form or self.is_refused)
