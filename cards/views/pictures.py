"""Pictures: in by upload, out to whoever may see them."""

from uuid import UUID

from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    JsonResponse,
)
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cards.actions.pictures import PictureRefused, store_picture
from cards.clock import now
from cards.forms.pictures import PictureForm
from cards.http import Request
from cards.models import Learner, Picture, Suggestion
from cards.views.guests import known_learner


@require_POST
def picture_upload(request: Request) -> HttpResponse:
    """For the editor's script: keeps a picture. JSON: its address (201), or `error`, a sentence (422)."""
    form = PictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse({"error": _("Choose a file first.")}, status=422)
    try:
        picture = store_picture(owner=known_learner(request), file=form.cleaned_data["picture"], now=now())
    except PictureRefused as error:
        return JsonResponse({"error": str(error)}, status=422)
    return JsonResponse({"url": picture.get_absolute_url()}, status=201)


@require_safe
def picture(request: Request, picture_id: UUID) -> HttpResponseBase:
    """The file, which never changes under its address."""
    picture = Picture.objects.visible_to(request.learner).filter(pk=picture_id).first()
    picture = picture or _proposed_to(request.learner, picture_id)
    if picture is None:
        raise Http404
    etag = f'"{picture.pk}"'
    response: HttpResponseBase
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponseNotModified()
    else:
        try:
            file = default_storage.open(picture.file_name)
        except FileNotFoundError:
            raise Http404 from None
        response = FileResponse(file, content_type="image/webp")
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def _proposed_to(learner: Learner | None, picture_id: UUID) -> Picture | None:
    """The picture, where it stands in an open suggestion of its owner's that the learner may decide."""
    picture = Picture.objects.filter(pk=picture_id).first()
    if picture is None or learner is None:
        return None
    shown = Q(prompt__contains=picture.get_absolute_url()) | Q(answer__contains=picture.get_absolute_url())
    proposed = Suggestion.objects.decidable_by(learner).open().filter(shown, proposer=picture.owner)
    return picture if proposed.exists() else None
