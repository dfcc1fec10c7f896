"""Where each part of the site hangs. The admin signs in by the site's own door, so its limits hold there too."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign, assignment]
admin.site.password_change = RedirectView.as_view(pattern_name="account_change_password")  # type: ignore[method-assign, assignment]

handler400 = "cards.views.errors.bad_request"
handler404 = "cards.views.errors.not_found"
handler500 = "cards.views.errors.server_error"

urlpatterns = [
    path("", include("cards.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]
