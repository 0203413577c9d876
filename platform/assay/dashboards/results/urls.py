from django.urls import path

from assay.dashboards.results import cards, comparisons, exports, reading

urlpatterns = [
    path("studies/<slug:slug>/results/", reading.results, name="results"),
    path("studies/<slug:slug>/comparisons/", comparisons.comparisons, name="comparisons"),
    path("studies/<slug:slug>/comparisons.csv", comparisons.comparisons_file, name="comparisons_file"),
    path("studies/<slug:slug>/exports/", exports.exports, name="exports"),
    path("studies/<slug:slug>/card/", cards.card, name="card"),
    path("exports/<str:token>/", exports.export_file, name="export_file"),
    path("exports/<str:token>/cancel/", exports.cancel_export, name="cancel_export"),
    path("card-key/", cards.card_key, name="card_key"),
]
