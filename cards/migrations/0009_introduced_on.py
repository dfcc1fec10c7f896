from django.db import migrations, models
from django.db.models import F

from cards.scheduling import Event, Grade, Kind, Mode, replay


def fill(apps, schema_editor) -> None:
    """The day of the first grade; but for cards whose due day was ever set, what their log says."""
    schedules = apps.get_model("cards", "Schedule").objects.all()
    schedules.update(introduced_on=F("first_graded_on"))
    events = apps.get_model("cards", "StudyEvent").objects
    logs = events.filter(kind=Kind.DUE_SET).order_by().values_list("learner", "card", "part").distinct()
    for learner, card, part in list(logs):
        log = events.filter(learner=learner, card=card, part=part).order_by("number")
        state = replay([_event(row) for row in log])
        schedules.filter(learner=learner, card=card, part=part).update(introduced_on=state.introduced_on)


def _event(row) -> Event:
    return Event(
        id=row.pk,
        number=row.number,
        kind=Kind(row.kind),
        at=row.at,
        study_on=row.study_on,
        mode=Mode(row.mode) if row.mode else None,
        grade=Grade(row.grade) if row.grade else None,
        voids=row.voids,
        due_on=row.due_on,
    )


class Migration(migrations.Migration):
    dependencies = [("cards", "0008_study_settings")]

    operations = [
        migrations.AddField("schedule", "introduced_on", models.DateField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RemoveIndex("schedule", "schedule_introduced"),
        migrations.AddIndex(
            "schedule", models.Index(fields=["learner", "introduced_on"], name="schedule_introduced")
        ),
    ]
