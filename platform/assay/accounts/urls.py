from django.urls import path

from assay.accounts import audit_log, own_sessions, people

urlpatterns = [
    path("account/", people.account, name="account"),
    path("account/sessions/", own_sessions.own_sessions, name="own_sessions"),
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.change, name="change_person"),
    path("people/invitations/<int:pk>/", people.uninvite, name="uninvite_person"),
    path("join/<str:token>/", people.join, name="join_staff"),
    path("audit/", audit_log.audit_log, name="audit_log"),
]
