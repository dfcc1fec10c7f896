"""What searches look into, made of the wordings that are there; on PostgreSQL, an index on each column for any part of it."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

from cards.cardtext import Wording
from cards.models.search import searchable

AT_ONCE = 500
COLUMNS = ['search_text', 'search_tags']


def fill(apps, schema_editor):
    cards = apps.get_model('cards', 'Card').objects.using(schema_editor.connection.alias)
    last = 0
    while batch := list(cards.filter(pk__gt=last).order_by('pk')[:AT_ONCE]):
        for card in batch:
            for name, value in searchable(Wording(card.prompt, card.answer, card.details)).items():
                setattr(card, name, value)
        cards.bulk_update(batch, COLUMNS)
        last = batch[-1].pk


def index(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        for name in COLUMNS:
            schema_editor.execute(f'CREATE INDEX card_{name} ON cards_card USING gin ({name} gin_trgm_ops)')


def unindex(apps, schema_editor):
    if schema_editor.connection.vendor == 'postgresql':
        for name in COLUMNS:
            schema_editor.execute(f'DROP INDEX card_{name}')


class Migration(migrations.Migration):

    dependencies = [
        ('cards', '0003_demo_run_request_id'),
    ]

    operations = [
        migrations.AddField(
            model_name='card',
            name='search_text',
            field=models.TextField(default='', editable=False),
        ),
        migrations.AddField(
            model_name='card',
            name='search_tags',
            field=models.TextField(default='', editable=False),
        ),
        migrations.AddIndex(
            model_name='card',
            index=models.Index(condition=models.Q(('answer', '')), fields=['deck'], name='card_unanswered'),
        ),
        migrations.CreateModel(
            name='SavedSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('query', models.CharField(max_length=500)),
                ('created_at', models.DateTimeField()),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_searches', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'saved searches',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('learner', 'name'), name='one_saved_search_of_a_name')],
            },
        ),
        TrigramExtension(),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(index, unindex),
    ]
