"""What the site has to offer, and whether it adds up."""

from itertools import islice

from django.conf import settings
from django.core import checks
from django.db.models import Exists, OuterRef
from django.template.defaultfilters import pluralize

from cards.clock import now
from cards.doctor.finding import Finding, first_line, listed, ok, problem, warning
from cards.models import Card, Deck, Learner, Schedule, StudyEvent
from cards.reports import replayed

SAMPLE_LEARNERS, SAMPLE_LOGS = 20, 200
OWN_LINES = {"security.W009", "security.W020", "cards.E001", "cards.E002"}  # what another check says already


def clock() -> Finding:
    """The site has the machine's time, not a test's."""
    if settings.TEST_CLOCK:
        return problem(
            f"TEST_CLOCK is set to {settings.TEST_CLOCK}, and the site takes that for the time.",
            "Unset TEST_CLOCK, and start the site anew.",
        )
    return ok(f"It is {now():%Y-%m-%d %H:%M:%S} UTC.")


def django() -> Finding:
    """Django's own checks; in production those of a deployment, too."""
    found = [
        message
        for message in checks.run_checks(include_deployment_checks=settings.PRODUCTION)
        if message.level >= checks.WARNING and not message.is_silenced() and message.id not in OWN_LINES
    ]
    deploy = " --deploy" if settings.PRODUCTION else ""
    if not found:
        return ok(f"`manage.py check{deploy}` finds nothing.")
    worst = max(found, key=lambda message: message.level)
    more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
    says = f"{worst.id}: {first_line(worst.msg.partition('. ')[0])}{more}."
    advice = f"Run `manage.py check{deploy}`, which says what to do."
    return problem(says, advice) if worst.is_serious() else warning(says, advice)


def decks() -> Finding:
    """Somebody who comes for the first time finds cards."""
    cards = Card.objects.active().filter(deck__in=Deck.objects.studied_by(None)).count()
    if not cards:
        return problem(
            "No starter deck has cards, so newcomers have nothing to review.",
            "Run `manage.py prepare`, or mark a public deck as a starter in /admin/.",
        )
    return ok(f"Newcomers begin with {cards} card{pluralize(cards)}.")


def admins() -> Finding:
    """Somebody can sign in to /admin/."""
    found = Learner.objects.filter(is_superuser=True, is_staff=True, is_active=True)
    names = [learner.username for learner in found.order_by("pk") if learner.has_usable_password()]
    if not names:
        return problem("Nobody can sign in to /admin/.", "Run `manage.py createsuperuser`.")
    return ok(f"{listed(names)} can sign in to /admin/.")


def schedules() -> Finding:
    """The schedules of some learners, chosen by chance, are what a replay of their logs gives."""
    studied = Exists(StudyEvent.objects.filter(learner=OuterRef("pk"))) | Exists(
        Schedule.objects.filter(learner=OuterRef("pk"))
    )
    learners = Learner.objects.filter(studied).order_by("?").values_list("pk", flat=True)
    sample = list(islice(replayed(learner_ids=list(learners[:SAMPLE_LEARNERS])), SAMPLE_LOGS))
    if wrong := [each for each in sample if each.difference]:
        first = wrong[0]
        return problem(
            f"{len(wrong)} of {len(sample)} schedules differ from their events; card {first.card_id} of learner "
            f"{first.learner_id} {first.difference}.",
            "Run `manage.py replay --check`, which names all of them, and restore a backup from before.",
        )
    return ok(f"Replayed: {len(sample)}, each what its events say.")
