from django.urls import path

from raters.care import talking, wellbeing
from raters.desk import drafts, judging_pages, next_page, preferences
from raters.quality import adjudicating
from raters.way_in import about_you, arriving, leaving

app_name = "raters"
urlpatterns = [
    path("join/<str:token>/", arriving.join, name="join"),
    path("return/", arriving.come_back, name="come_back"),
    path("", judging_pages.my_studies, name="my_studies"),
    path("c/<str:token>/", judging_pages.judge, name="judge"),
    path("c/<str:token>/show/", wellbeing.reveal, name="reveal"),
    path("<str:public_id>/wellbeing/", wellbeing.wellbeing, name="wellbeing"),
    path("keys-and-display/", preferences.keys_and_display, name="keys_and_display"),
    path("c/<str:token>/draft/", drafts.save_draft, name="draft"),
    path("c/<str:token>/ahead/", next_page.fetch_ahead, name="ahead"),
    path("c/<str:token>/differences/", judging_pages.differences, name="differences"),
    path("<str:public_id>/pause/", judging_pages.pause, name="pause"),
    path("c/<str:token>/skip/", judging_pages.skip, name="skip"),
    path("c/<str:token>/kept/", judging_pages.surplus, name="surplus"),
    path("c/<str:token>/message/", talking.flag, name="flag"),
    path("c/<str:token>/votes/", adjudicating.votes, name="votes"),
    path("messages/<int:pk>/", talking.write_back, name="write_back"),
    path("<str:public_id>/message/", talking.ask, name="ask"),
    path("<str:public_id>/part/", talking.part, name="part"),
    path("<str:public_id>/contested/", adjudicating.contested_comparisons, name="contested"),
    path("<str:public_id>/way-in/", arriving.arrive, name="way_in"),
    path("<str:public_id>/leave/", leaving.leave, name="leave"),
    path("<str:public_id>/take-back/", about_you.take_back, name="take_back"),
    path("<str:public_id>/completed/", leaving.completed, name="completed"),
    path("<str:public_id>/next/", next_page.next_comparison, name="next"),
    path("<str:public_id>/done/", judging_pages.done, name="done"),
]
