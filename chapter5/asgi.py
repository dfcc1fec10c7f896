"""The ASGI application, for a server that wants one; ours is WSGI, which costs half as much here."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chapter5.settings")
application = get_asgi_application()
