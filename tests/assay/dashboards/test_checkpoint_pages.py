"""One checkpoint: where it comes from, what it is in, its responses, two side by side; blind where it must be."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from generation.endpoint_hosts import AllowedHosts
from generation.models import Checkpoint, CheckpointSeries, Response
from generation.registering_endpoints import register_endpoint
from generation.wanted import Wanted
from promptsets.models import PromptSetVersion
from raters.studies.sharing import share
from tests import builders

COUNTS = {"categories": {"coding": 2, "creative": 2}, "turns": {"2": 4}}


@pytest.fixture
def heron(db):
    texts = ["A <b>grey</b> bird", "Zwölf Vögel am See", "It waits. " * 50, ""]
    return builders.run(builders.prompt_set(4, turns=2), "heron", texts).checkpoint


@pytest.fixture
def page(client, researcher):
    client.force_login(researcher)

    def opened(name, *args, **asked):
        return " ".join(client.get(reverse(f"dashboards:{name}", args=args), asked).text.split())

    return opened


def shown_on(text):
    return [key for key in ("p0000", "p0001", "p0002", "p0003") if f'">{key} ' in text]


def test_the_page_tells_where_a_checkpoint_comes_from_and_who_brought_it(page, researcher, settings):
    settings.ENDPOINT_HOSTS = AllowedHosts.parse(["models.example.org"])
    wanted = Wanted("egret", "https://models.example.org/v1", model="egret-7b", series="egrets", step=40)
    made = register_endpoint("egret", wanted.endpoint(), **wanted.told, actor=researcher).checkpoint
    text = page("checkpoint", made.pk)
    assert "<dd>answers over HTTP</dd>" in text and f"<code>{made.digest}</code>" in text
    assert "egrets</a>, step 40" in text and "<dd>rosa</dd>" in text
    assert CheckpointSeries.objects.get().slug == "egrets" and "egret-7b" in text


def test_the_page_tells_the_licence_and_who_says_so(page, heron):
    assert "<dt>Licence</dt><dd>not told</dd>" in page("checkpoint", heron.pk)
    heron.licence, heron.licence_from = "<b>Gemma</b>", "shape"
    heron.save()
    told = page("checkpoint", heron.pk)
    assert (
        "<dd>&lt;b&gt;Gemma&lt;/b&gt; " in told
        and "(a guess: that of the released weights of its shape)" in told
    )


def test_an_imported_checkpoint_is_told_its_licence_on_its_page(page, client, heron):
    assert f'action="{reverse("dashboards:tell_licence", args=[heron.pk])}"' in page("checkpoint", heron.pk)
    for sent, told in (("MIT", "The licence of heron is MIT"), ("", "use 1 to 200 printable characters")):
        answer = client.post(
            reverse("dashboards:tell_licence", args=[heron.pk]), {"licence": sent}, follow=True
        )
        assert told in answer.text
        heron.refresh_from_db()
        assert heron.licence == "MIT"


def test_the_form_asks_for_the_licence(client, researcher, settings, db):
    settings.ENDPOINT_HOSTS = AllowedHosts.parse(["models.example.org"])
    client.force_login(researcher)
    asked = {"name": "egret", "uri": "https://models.example.org/v1", "licence": "Apache-2.0", "save": ""}
    assert client.post(reverse("dashboards:new_checkpoint"), asked).status_code == 302
    assert Checkpoint.objects.get(name="egret").licence_told == "Apache-2.0 (as it was told)"


def test_the_page_says_of_an_endpoint_that_is_registered_already_what_the_command_says(
    client, researcher, settings, db, capsys
):
    settings.ENDPOINT_HOSTS = AllowedHosts.parse(["models.example.org"])
    client.force_login(researcher)
    asked = {"name": "egret", "uri": "https://models.example.org/v1", "concurrency": 4, "save": ""}
    new, again = (
        client.post(reverse("dashboards:new_checkpoint"), asked | more, follow=True).text
        for more in ({}, {"concurrency": 16, "licence": "MIT"})
    )
    assert "egret is registered." in new and "registered already" not in new
    call_command("register_checkpoint", asked["name"], asked["uri"], concurrency=16, licence="MIT")
    told = capsys.readouterr().out.strip()
    assert told.startswith("egret is registered already; it is asked 16 at a time") and told in again
    assert told.endswith("its licence is MIT.")


def test_the_form_asks_for_bare_text_and_what_ends_a_reply(client, researcher, settings, db):
    settings.ENDPOINT_HOSTS = AllowedHosts.parse(["models.example.org"])
    client.force_login(researcher)
    asked = {
        "name": "egret",
        "uri": "https://models.example.org/v1",
        "raw": "on",
        "stop": "###\r\n\\nUser:",
        "save": "",
    }
    assert client.post(reverse("dashboards:new_checkpoint"), asked).status_code == 302
    wanted = Wanted("egret", asked["uri"], raw=True, stop=["###", "\nUser:"])
    assert Checkpoint.objects.get(name="egret").digest == wanted.endpoint().digest
    of_folder = asked | {"name": "owl", "uri": "/owl"}
    answer = client.post(reverse("dashboards:new_checkpoint"), of_folder)
    assert answer.status_code == 422 and "is for an endpoint" in answer.text


def test_runs_are_listed_and_lead_on(page, heron):
    text = page("checkpoint", heron.pk)
    run = heron.runs.get()
    assert f'<a href="/runs/{run.pk}/">Run {run.pk}</a>' in text and 'class="number">4</td>' in text
    assert f'<a href="/checkpoints/{heron.pk}/">heron</a>' in page("checkpoints")
    assert f'<a href="/checkpoints/{heron.pk}/">heron</a>' in page("run", run.pk)


def test_a_study_is_named_once_its_names_are_no_secret(page, db):
    study = builders.study(simulation=None)
    heron = study.arms.get(role="candidate").run.checkpoint
    assert study.title not in page("checkpoint", heron.pk)
    study.unblinded_at = timezone.now()
    study.save()
    assert study.title in page("checkpoint", heron.pk)


def test_somebody_elses_study_is_not_named(page, db):
    study = builders.study(unblinded_at=timezone.now())
    share(study, builders.researcher("olga"), "owner", None)
    assert study.title not in page("checkpoint", study.arms.first().run.checkpoint_id)


def test_responses_are_shown_as_safe_text(page, heron):
    text = page("responses", heron.pk)
    assert "A &lt;b&gt;grey&lt;/b&gt; bird" in text and "<b>grey" not in text
    assert "This response is empty." in text and len(shown_on(text)) == 4


def test_responses_fit_the_filters_of_the_address(page, heron):
    PromptSetVersion.objects.update(manifest={"counts": COUNTS})
    version = str(PromptSetVersion.objects.get())
    Response.objects.filter(turns__0__startswith="Zw").update(finish_reason="length", status="truncated")
    asked = {
        ("q", "vögel AM"): ["p0001"],
        ("q", "bird"): ["p0000"],
        ("category", "coding"): ["p0000", "p0002"],
        ("prompt_set", version): ["p0000", "p0001", "p0002", "p0003"],
        ("finish", "length"): ["p0001"],
        ("status", "empty"): ["p0003"],
        ("length", "l"): ["p0002"],  # 500 characters, twice
        ("length", "xl"): [],
        ("q", "100%"): [],
    }
    found = {one: shown_on(page("responses", heron.pk, **dict([one]))) for one in asked}
    assert found == asked
    assert "No response fits." in page("responses", heron.pk, q="pelican")
    assert "Select a valid choice" in page("responses", heron.pk, category="opera")


def test_responses_are_paged_with_their_filters(page, db):
    heron = builders.run(builders.prompt_set(25), "heron").checkpoint
    first = page("responses", heron.pk, q="answer")
    last = heron.runs.get().items.order_by("pk")[19].pk
    assert first.count("<article") == 20 and f'href="?q=answer&amp;after={last}"' in first
    second = page("responses", heron.pk, q="answer", after=last)
    assert second.count("<article") == 5 and 'href="?q=answer">To the first' in second


def test_a_blind_studys_texts_are_kept_from_whoever_may_not_know(client, page, db):
    study = builders.study()
    run = study.arms.first().run
    text = page("responses", run.checkpoint_id)
    assert "An answer to" not in text and "still hides names from you" in text
    key = study.prompt_set_version.prompts.first().key
    assert "An answer to" not in page("prompt", str(study.prompt_set_version), key)
    assert "An answer to" not in beside(page, study, key)
    study.arms_known_to = ["owner"]
    study.save()
    share(study, client.get("/").wsgi_request.user, "owner", None)
    assert page("responses", run.checkpoint_id).count("<article") == 3
    assert beside(page, study, key).count("An answer to") == 2


def test_a_text_that_another_run_links_is_kept_back_too(page, db):
    study = builders.study()
    run = study.arms.first().run
    again = run.checkpoint.runs.create(prompt_set_version=run.prompt_set_version, seed=9, sampling={})
    for item in run.items.all():
        again.items.create(prompt=item.prompt, response=item.response)
    assert "<article" not in page("responses", run.checkpoint_id)


def beside(page, study, key="", **more):
    a, b = (arm.run.checkpoint_id for arm in study.arms.order_by("pk"))
    return page("side_by_side", a=a, b=b, prompt_set=study.prompt_set_version_id, prompt=key, **more)


@pytest.fixture
def told(db):
    return builders.study(simulation={})


def test_two_checkpoints_stand_side_by_side_on_a_prompt(page, told):
    text = beside(page, told, "p0001")
    assert text.count("An answer to <strong>p0001</strong>") == 2
    assert text.index(">heron-autumn</a>") < text.index(">plover-autumn</a>")
    assert "prompt=p0000" in text and "prompt=p0002" in text
    ends = beside(page, told), beside(page, told, "p0002")
    assert "Prompt before" not in ends[0] and "Next prompt" not in ends[1]


def test_words_that_differ_are_marked(page, told):
    text = beside(page, told, differences="on")
    a, b = (arm.run.checkpoint_id for arm in told.arms.order_by("pk"))
    assert f"number <del>{a}</del>." in text and f"number <ins>{b}</ins>." in text


def test_one_of_several_responses_is_chosen_by_the_address(page, told):
    run = told.arms.order_by("pk")[0].run
    prompt = told.prompt_set_version.prompts.get(key="p0000")
    old = run.items.get(prompt=prompt).response
    fields = {"checkpoint": run.checkpoint, "prompt_sha256": prompt.text_sha256, "sampling_sha256": "x"}
    Response.objects.create(**fields, seed=1, turns=["Quite another"], status="ok", finish_reason="stop")
    assert "Quite another" in beside(page, told, "p0000")
    chosen = beside(page, told, "p0000", response_a=old.pk)
    assert "Quite another" not in chosen and f"number {run.checkpoint_id}." in chosen


def test_what_cannot_be_set_side_by_side_is_told(client, page, told):
    assert "There is no such prompt in this set." in beside(page, told, "p9999")
    assert "This field is required." in page("side_by_side", a=told.arms.first().run.checkpoint_id)
    assert client.get("/side-by-side/", {"a": "x", "b": "y"}).status_code == 422
    lonely = builders.run(builders.prompt_set(1, turns=2), "egret").checkpoint
    a = told.arms.first().run.checkpoint_id
    text = page("side_by_side", a=a, b=lonely.pk, prompt_set=told.prompt_set_version_id)
    assert "It has not answered this prompt." in text
