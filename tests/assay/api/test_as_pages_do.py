"""All that pages of staff can do, programs can do, too: a new page, wherever it stands, without a row here fails."""

from tests.assay.routes import routes

# page -> what does the same by the API; those without a room of their own stand in the dashboards
ROWS: dict[str, tuple[str, ...]] = {
    "studies": ("list_studies",),
    "study": ("one_study", "check_draft", "progress_of_study", "one_report", "start_study", "pause_study"),
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
    "inbox": ("list_messages", "list_raters"),
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
    "steer_study": ("start_study", "pause_study", "finish_study", "retry_study"),
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
    "tell_licence": ("tell_licence",),
    "registration": ("one_registration", "register_checkpoint"),
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
# Beside the rooms of the dashboards: pages of administrators.
BESIDE: dict[str, tuple[str, ...]] = {
    "home": ("list_studies",),
    "people": ("list_people", "list_staff_invitations", "invite_somebody"),
    "change_person": ("change_a_person",),
    "uninvite_person": ("withdraw_staff_invitation",),
    "audit_log": ("list_audit_events",),
    "forget_rater": ("forget_a_rater",),
}
# Pages that programs have nothing for, and why.
FOR_PEOPLE = {
    "dashboards:preview": "one looks at it",
    "dashboards:style": "one looks at it",
    "account": "one's own password, second factor and tokens: a token that could change them would outlive its end",
    "own_sessions": "a program has no session",
    "api_tokens": "a token that makes tokens would outlive its end",
    "revoke_api_token": "a person revokes what a program holds",
    "join_staff": "by a link alone, before there is an account",
    "first_administrator": "by a link alone, before there is an account",
    "api_reference": "the API's own page",
    "api_nothing": "the API's own page",
    "policy_reports": "a browser sends to it",
}
RATERS = "raters:"  # raters judge on pages alone: a program that judges is a judge, which `ask_judge` asks


def pages() -> set[str]:
    apart = ("api-1:", RATERS)
    return {route.name for route in routes() if not route.name.startswith(apart)}


def test_every_page_has_a_row_and_every_row_a_page():
    assert pages() == {f"dashboards:{page}" for page in ROWS} | set(BESIDE) | set(FOR_PEOPLE)


def test_what_does_the_same_is_there():
    named = {operation for row in (*ROWS.values(), *BESIDE.values()) for operation in row}
    assert named <= {
        route.name.removeprefix("api-1:") for route in routes() if route.name.startswith("api-1:")
    }
