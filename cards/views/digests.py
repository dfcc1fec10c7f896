"""The mail of the morning is ended by a link in it, without signing in."""

from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cards.actions.digests import Forged, learner_of, stop_digests
from cards.http import Request, render_page


@csrf_exempt  # a mail program presses the button by itself (RFC 8058); the token says that it may
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def digest_unsubscribe(request: Request, token: str) -> HttpResponse:
    """A button; a POST, from it or from a mail program, ends the mails at once, and once more does no harm."""
    try:
        learner_id = learner_of(token)
    except Forged:
        raise Http404 from None
    is_stopped = request.method == "POST"
    if is_stopped:
        stop_digests(learner_id=learner_id)
    return render_page(request, "digests/digest_unsubscribe.html", {"is_stopped": is_stopped})
