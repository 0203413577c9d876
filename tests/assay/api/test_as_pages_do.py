"""All that pages of researchers can do, programs can do, too: a new page without a row here fails."""

from tests.assay.routes import routes

# page -> what does the same by the API
ROWS: dict[str, tuple[str, ...]] = {
    "studies": ("list_studies",),
    "study": ("one_study", "progress_of_study", "one_report", "start_study", "pause_study", "finish_study"),
    "new_study": ("make_study", "plan_power", "list_rubrics", "list_templates", "make_subset", "run_over"),
    "import_study": ("import_judged",),
    "open_study": ("lock_study",),
    "study_settings": ("settle_study",),
    "results": ("list_reports", "one_report", "list_groups"),
    "comparisons": ("list_counted",),
    "comparisons_file": ("list_counted",),
    "held": ("list_comparisons",),
    "decide_held": ("decide_comparison",),
    "study_raters": ("list_raters", "quality_of_study"),
    "pause_rater": ("pause_rater", "release_rater"),
    "make_senior": ("make_rater_senior",),
    "gold": ("list_comparisons",),
    "add_gold": ("make_comparison_gold",),
    "contested": ("list_contested",),
    "inbox": ("list_messages",),
    "act_on_message": ("reply_to_message", "close_message", "hold_for_message"),
    "pay": ("list_pay",),
    "pay_file": ("list_pay",),
    "judges": ("list_judges", "ask_judge"),
    "study_people": ("list_members", "share_study"),
    "stop_sharing": ("share_study",),
    "unblind_study": ("unblind_study",),
    "invitations": ("list_invitations", "make_invitation"),
    "exports": ("list_exports", "ask_for_export"),
    "card": ("ask_for_export", "one_export"),
    "export_file": ("file_of_export",),
    "cancel_export": ("cancel_export",),
    "card_key": ("card_key",),
    "study_running": ("progress_of_study",),
    "steer_study": ("start_study", "pause_study", "finish_study"),
    "checkpoints": ("list_checkpoints",),
    "checkpoint": ("one_checkpoint", "list_runs", "list_studies", "list_evaluation_runs"),
    "responses": ("list_responses",),
    "import_results": ("list_results", "import_results"),
    "side_by_side": ("list_responses",),
    "copy_study": ("copy_study",),
    "remove_run": ("dependents_of_run", "remove_run"),
    "remove_checkpoint": ("dependents_of_checkpoint", "remove_checkpoint"),
    "remove_prompt_set": ("dependents_of_prompt_set", "remove_prompt_set"),
    "study_design": ("design_of_study",),
    "remove_study": ("dependents_of_study", "remove_study"),
    "new_checkpoint": ("register_checkpoint",),
    "import_responses": ("import_responses",),
    "runs": ("list_runs", "start_run"),
    "new_run": ("estimate_run", "start_run"),
    "steer_run": ("stop_run", "retry_run"),
    "run": ("one_run", "progress_of_run", "list_responses", "stop_run", "retry_run"),
    "prompt_sets": ("list_prompt_sets",),
    "prompt_set": ("one_prompt_set", "list_versions", "one_version", "list_prompts"),
    "prompt_set_file": ("list_prompts",),
    "prompt": ("list_prompts", "list_comparisons", "list_judgments"),
    "add_prompts": ("upload_prompts",),
    "prompt_file": ("upload_prompts",),
    "make_subset": ("make_subset",),
    "correct_prompt": ("correct_prompt",),
    "prompt_changes": ("list_differences",),
    "series_list": ("list_series",),
    "new_series": ("watch_place",),
    "watch_series": ("watch_place",),
    "series": ("one_series", "list_sightings", "list_evaluation_runs", "list_checkpoints"),
    "changes": ("list_changes",),
    "plans": ("list_plans",),
    "new_plan": ("new_plan",),
    "plan": ("one_plan", "list_plan_versions", "list_evaluation_runs", "start_evaluation"),
    "edit_plan": ("change_plan",),
    "pause_plan": ("pause_plan", "resume_plan"),
    "evaluation_run": ("one_evaluation_run", "verdict_of"),
    "change_run": ("cancel_evaluation", "retry_evaluation"),
    "note_on_run": ("note_evaluation",),
    "leaderboards": ("list_leaderboards",),
    "leaderboard": ("one_leaderboard",),
    "leaderboard_file": ("one_leaderboard",),
    "checkpoint_pair": ("pair_of_checkpoints",),
}
# Pages that programs have nothing for.
FOR_PEOPLE = {"preview", "style"}  # one looks at them


def pages() -> set[str]:
    start = "dashboards:"
    return {route.name.removeprefix(start) for route in routes() if route.name.startswith(start)}


def test_every_page_has_a_row_and_every_row_a_page():
    assert pages() == set(ROWS) | FOR_PEOPLE


def test_what_does_the_same_is_there():
    named = {operation for row in ROWS.values() for operation in row}
    assert named <= {
        route.name.removeprefix("api-1:") for route in routes() if route.name.startswith("api-1:")
    }
