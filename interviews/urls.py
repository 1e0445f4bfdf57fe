"""The pages of the product, one line a route. Each view says by its decorator who may come in."""

from django.urls import path

from interviews.views import home, invitation, organisation

urlpatterns = [
    # People, plans, candidates, scheduling
    path("", home.home, name="home"),
    path(
        "organisations/<uuid:organisation_id>/switch/",
        organisation.switch,
        name="organisation_switch",
    ),
    path("invitations/<str:token>/", invitation.invitation, name="invitation"),
    # The live room
    # After the interview
]
