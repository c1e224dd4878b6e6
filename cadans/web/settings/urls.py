"""Addresses of the settings. Each list has its own, so that others can stand beside them."""

from django.urls import path, re_path

from cadans.web.settings import (
    audiences,
    mail_templates,
    mailboxes,
    suppressions,
    trying_routing,
    views,
)
from cadans.web.settings.places import LISTINGS

app_name = "settings"

KEY = f"(?P<key>{'|'.join(LISTINGS)})"
ID = "(?P<id>[0-9a-f-]{36})"

urlpatterns = [
    path("", views.profile, name="profile"),
    path("organisation/", views.organisation, name="organisation"),
    path("tokens/", views.tokens, name="tokens"),
    path("mailboxes/check/", mailboxes.check, name="check_mailbox"),
    path("tokens/new/", views.new_token, name="new_token"),
    path("tokens/<uuid:id>/revoke/", views.revoke, name="revoke"),
    path("audiences/", audiences.audiences, name="audiences"),
    path("audiences/connect/", audiences.connect, name="connect_audiences"),
    path("audiences/<uuid:id>/", audiences.audience, name="audience"),
    path("audiences/<uuid:id>/retry/", audiences.retry, name="retry_audience"),
    path("audiences/<uuid:id>/listen/", audiences.listen, name="listen_to_audience"),
    path("audiences/accounts/<uuid:id>/fetch/", audiences.fetch, name="fetch_audiences"),
    path(
        "audiences/accounts/<uuid:id>/disconnect/",
        audiences.disconnect,
        name="disconnect_audiences",
    ),
    path("routing/try/", trying_routing.ask, name="routing_try"),
    path("routing/try/changed/", trying_routing.ask_for_changed, name="routing_try_changed"),
    path("routing/tries/<uuid:id>/", trying_routing.tried, name="routing_tried"),
    path("routing/tries/<uuid:id>/again/", trying_routing.ask_again, name="routing_again"),
    path("routing/tries/<uuid:id>/progress/", trying_routing.progress, name="routing_progress"),
    path("routing/tries/<uuid:id>/leads/", trying_routing.tried_leads, name="routing_tried_leads"),
    path("routing/tries/<uuid:id>/adopt/", trying_routing.adopt, name="routing_adopt"),
    path("mail-templates/", mail_templates.listing, name="mail_templates"),
    path("mail-templates/add/", mail_templates.edit, name="mail_template_add"),
    path("mail-templates/preview/", mail_templates.preview, name="mail_template_preview"),
    path("mail-templates/leads/", mail_templates.leads, name="mail_template_leads"),
    path("mail-templates/<uuid:id>/", mail_templates.edit, name="mail_template"),
    path("mail-templates/<uuid:id>/delete/", mail_templates.delete, name="mail_template_delete"),
    path("suppressions/", suppressions.listing, name="suppressions"),
    path("suppressions/add/", suppressions.add, name="suppress"),
    path("suppressions/import/", suppressions.take_in, name="suppressions_import"),
    path("suppressions/export/", suppressions.download, name="suppressions_export"),
    path("suppressions/<uuid:id>/release/", suppressions.let_go, name="suppression_release"),
    re_path(f"^{KEY}/$", views.listing, name="listing"),
    re_path(f"^{KEY}/add/$", views.edit, name="add"),
    re_path(f"^{KEY}/order/$", views.order, name="order"),
    re_path(f"^{KEY}/{ID}/$", views.edit, name="edit"),
    re_path(f"^{KEY}/{ID}/delete/$", views.delete, name="delete"),
]
