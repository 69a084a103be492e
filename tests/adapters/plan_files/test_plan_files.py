"""A plan is read whole, or everything that is wrong with it is said at once, each in its line."""

import json
import re
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import QUICK_PLAN, THE_PLAN
from sellergate.adapters.plan_files import DEFAULT, DEMO, PlanErrors, facts_of_plan, load_plan, parse_plan
from sellergate.adapters.plan_files.lines import lines_of
from sellergate.adapters.plan_files.plan_shape import plan_shape
from sellergate.adapters.plan_files.shapes import REQUIRED
from sellergate.adapters.plan_files.step_shapes import LOAD_TEST, step_shape
from sellergate.domain.rollout import Phase

SMALL = """\
name = "Small"
zone = "UTC"

[[steps]]
name = "canary"
kind = "canary"

[[steps]]
name = "all"
kind = "full"
"""
WHOLE = DEFAULT.read_text(encoding="utf-8")


def faults(text):
    with pytest.raises(PlanErrors) as caught:
        parse_plan(text, "plan.toml")
    return [str(fault) for fault in caught.value.faults]


def changed(old, new, text=SMALL):
    assert old in text
    return text.replace(old, new, 1)


def as_toml(value):
    """A value in TOML; tables are written in line, so that this is another way to write the same plan."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {as_toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",\n".join(as_toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize("plan", [THE_PLAN, QUICK_PLAN], ids=["default", "demo"])
def test_a_plan_written_down_reads_as_the_same_plan(plan):
    text = "\n".join(f"{key} = {as_toml(value)}" for key, value in facts_of_plan(plan).items())

    assert parse_plan(text, "plan.toml") == plan


def test_a_small_plan_has_the_defaults():
    plan = parse_plan(SMALL, "plan.toml")

    assert [step.kind for step in plan.steps] == [Phase.CANARY, Phase.FULL]
    assert plan.steps[0].canary.share == 0.10
    assert plan.steps[0].thresholds == THE_PLAN.steps[0].thresholds
    assert plan.load_test == THE_PLAN.load_test
    assert (plan.persist, plan.bake, plan.reductions) == (THE_PLAN.persist, THE_PLAN.bake, THE_PLAN.reductions)


def test_the_defaults_that_are_documented_are_the_real_ones():
    explicit = {
        name: key.default
        for name, key in plan_shape("UTC").keys.items()
        if not key.many and key.table is None and key.default is not REQUIRED
    }
    load_test = {name: key.default for name, key in LOAD_TEST.keys.items()}
    step = {
        name: key.default
        for name, key in step_shape("UTC").keys.items()
        if key.table is None and key.default not in (REQUIRED, None, "") and name != "endpoints"
    }
    text = changed('zone = "UTC"', f'zone = "UTC"\n{lines({**explicit, "load_test": load_test})}')
    text = changed('kind = "canary"', f'kind = "canary"\n{lines(step)}', text)

    assert len(step) == 7
    assert parse_plan(text, "plan.toml") == parse_plan(SMALL, "plan.toml")


def lines(values):
    return "\n".join(f"{key} = {as_toml(value)}" for key, value in values.items())


def test_a_share_of_all_is_full_and_a_shadow_step_may_be_open():
    text = changed('kind = "full"', 'kind = "percentage"\npercentage = 100')
    text = changed('kind = "canary"', 'kind = "shadow"\nendpoints = "open"', text)

    shadow, last = parse_plan(text, "plan.toml").steps
    assert (last.kind, last.percentage) == (Phase.FULL, 100)
    assert shadow.endpoints


def test_a_step_overrides_the_plans_bands_which_override_the_seeds():
    text = changed('kind = "full"', 'kind = "full"\nthresholds = [{metric = "error_rate", investigate = "0.1 %"}]')
    bands = 'zone = "UTC"\nthresholds = [{metric = "error_rate", investigate = "0.2 %", roll_back = "2 %"}]'

    canary, last = parse_plan(changed('zone = "UTC"', bands, text), "plan.toml").steps
    assert [(one.investigate, one.roll_back) for one in (canary.thresholds[1], last.thresholds[1])] == [
        (0.002, 0.02),
        (0.001, None),
    ]
    assert canary.thresholds[0] == THE_PLAN.steps[0].thresholds[0]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('kind = "canary"', 'kind = "percentage"\npercentage = 150', "7: steps[0].percentage=150: allowed is 1 to 100"),
        ('kind = "canary"', 'kind = "percentage"', "4: steps[0].percentage: is missing"),
        ('kind = "canary"', 'kind = "canary"\npercentage = 5', "7: steps[0].percentage=5: allowed is it for the kind percentage only"),
        ('kind = "canary"', 'kind = "shadow"\ncanary = {}', "7: steps[0].canary={…}: allowed is it for the kind canary only"),
        ('kind = "canary"', 'kind = "off"', "6: steps[0].kind=off: allowed is shadow, canary, percentage or full"),
        ('kind = "canary"', "kind = 5", "6: steps[0].kind=5: allowed is shadow, canary, percentage or full"),
        ('kind = "canary"', 'kind = "full"', "10: steps[1].kind=full: allowed is a step that reaches further than canary before it, which is full"),
        ('kind = "canary"', 'kind = "percentage"\npercentage = 5\n[[steps]]\nname = "back"\nkind = "canary"', "10: steps[1].kind=canary: allowed is a step that reaches further than canary before it, which is percentage"),
        ('name = "all"', 'name = "canary"', "9: steps[1].name=canary: allowed is a name that no other step has"),
        ('name = "canary"', 'name = "The Canary"', "5: steps[0].name=The Canary: allowed is 1 to 40 characters of a-z 0-9 -"),
        ('zone = "UTC"', 'zone = "Mars/Olympus"', "2: zone=Mars/Olympus: allowed is a time zone like Asia/Seoul"),
        ('zone = "UTC"', "", "1: zone: is missing"),
        ('zone = "UTC"', 'zone = "UTC"\npersists = "3 s"', "3: persists: there is no such key; did you mean persist?"),
        ('zone = "UTC"', 'zone = "UTC"\nwhatever = 1', "3: whatever: there is no such key"),
        ('zone = "UTC"', 'zone = "UTC"\npersist = 30', "3: persist=30: allowed is a time like 30 s, 10 minutes, 24 hours or 7 days, at most ten years"),
        ('zone = "UTC"', 'zone = "UTC"\nreductions = [10, 50]', "3: reductions=[10, 50]: allowed is a list of shares, 1 to 99, each lower than the one before"),
        ('zone = "UTC"', 'zone = "UTC"\nload_test = {rate = true}', "3: load_test.rate=true: allowed is a number, 1 to 100000000"),
        ('zone = "UTC"', 'zone = "UTC"\nalerts = 5', "3: alerts=5: allowed is a list of tables"),
        ('zone = "UTC"', 'zone = "UTC"\nalerts = [5]', "3: alerts[0]=5: allowed is a table"),
        ('kind = "full"', 'kind = "full"\nwindows = ["Tue 02:00-04:00", "Tua 02:00-04:00"]', "11: steps[1].windows=['Tue 02:00-04:00', 'Tua 02:00-04:00']: allowed is windows like Tue-Thu 02:00-04:00 Asia/Seoul: days, times, and a zone where it is not the plan's"),
        ('kind = "full"', 'kind = "full"\nminimum_duration = "5 days"\nexpected_duration = "3 days"', "12: steps[1].expected_duration=3 days: allowed is at least 5 days, the minimum"),
        ('kind = "full"', 'kind = "full"\ncriteria = [\n{name = "a", text = "A"}]', "12: steps[1].criteria[0].check: allowed is either a check or signed = true"),
        ('kind = "full"', 'kind = "full"\ncriteria = [\n{name = "a", text = "A", check = "verdict_continue", over = "7 days"}]', "12: steps[1].criteria[0].over=7 days: allowed is it with one of the metrics cache_hit_rate, error_rate, gate_latency_p95 only"),
        ('kind = "full"', 'kind = "full"\ncriteria = [\n{name = "a", text = "A", check = "verdict_continue", metric = "supplier_inbox", over = "7 days"}]', "12: steps[1].criteria[0].over=7 days: allowed is it with one of the metrics cache_hit_rate, error_rate, gate_latency_p95 only"),
        ('zone = "UTC"', 'zone = "UTC"\nload_test = {error_rate = 1}', "3: load_test.error_rate=1: allowed is a share like 0.5 %, 0 % to 100 %"),
        ('kind = "full"', 'kind = "full"\ncriteria = [\n{name = "a", text = "A", check = "no_such"}]', "12: steps[1].criteria[0].check=no_such: allowed is migrations_at_head, verdict_continue, latency_stable, no_errors, minimum_checks, load_test_passed, index_check, cache_hit_rate, inbox_latency, pool_in_use, alert_rules_proved, previous_steps_met, zero_rollbacks or dashboards_present"),
        ('kind = "full"', 'kind = "full"\ncriteria = [{name = "a", text = "A", check = "no_errors", limit = "5 ms"}]', "11: steps[1].criteria[0].limit=5 ms: allowed is it for the check inbox_latency only"),
        ('kind = "full"', 'kind = "full"\ncriteria = [{name = "a", text = "A", check = "inbox_latency"}]', "11: steps[1].criteria[0].limit: is missing"),
        ('kind = "full"', 'kind = "full"\nentry = [{name = "a", text = "A", check = "previous_steps_met", step = "all"}]', "11: steps[1].entry[0].step=all: allowed is the name of an earlier step"),
        ('kind = "full"', 'kind = "full"\nentry = [{name = "a", text = "A", signed = true},\n{name = "a", text = "A", signed = true}]', "12: steps[1].entry[1].name=a: allowed is a name that no other criterion has"),
        ('kind = "full"', 'kind = "full"\nthresholds = [{metric = "gate_latency_p95", investigate = "5 ms", roll_back = "1 ms"}]', "11: steps[1].thresholds[0].roll_back=1 ms: allowed is at least as high as investigate, 5 ms"),
        ('kind = "full"', 'kind = "full"\nthresholds = [{metric = "cache_hit_rate", investigate = "70 %", roll_back = "80 %"}]', "11: steps[1].thresholds[0].roll_back=80 %: allowed is at least as low as investigate, 70 %"),
        ('kind = "full"', 'kind = "full"\nthresholds = [{metric = "error_rate", investigate = 5}]', "11: steps[1].thresholds[0].investigate=5: allowed is a share like 0.5 %, 0 % to 100 %"),
        ('kind = "full"', 'kind = "full"\nthresholds = [{metric = "error_rate", investigate = "5 %"}, {metric = "error_rate", investigate = "5 %"}]', "11: steps[1].thresholds[1].metric=error_rate: allowed is each metric once"),
        ('kind = "canary"', 'kind = "canary"\ncanary.products = ["p 1"]', "7: steps[0].canary.products=['p 1']: allowed is a list of product ids, each once"),
        ('kind = "canary"', 'kind = "canary"\n[steps.canary]\ndaily_views = [5, 2]', "8: steps[0].canary.daily_views=[5, 2]: allowed is two numbers, the lower one first"),
        ('kind = "full"', 'kind = "full"\n[[announcements]]\nname = "a"\naudience = "A"\nchannels = ["email"]\noccasion = "before"\nstep = "al"\nmessage = "M"', "16: announcements[0].step=al: allowed is the name of a step"),
        ('kind = "full"', 'kind = "full"\n[[announcements]]\nname = "a"\naudience = "A"\nchannels = []\noccasion = "daily"\nmessage = "M"', "14: announcements[0].channels=[]: allowed is a list of slack, email, pagerduty, in_app or dashboard"),
        ('kind = "full"', 'kind = "full"\n[[announcements]]\nname = "a"\naudience = "A"\nchannels = ["email"]\noccasion = "daily"', "11: announcements[0].message: allowed is either a message or a template"),
        ('kind = "full"', 'kind = "full"\n[[announcements]]\nname = "a"\naudience = "A"\nchannels = ["email"]\noccasion = "daily"\ntemplate = "milestone"', "16: announcements[0].template=milestone: allowed is it for the occasion entered or rolled_back only"),
        ('kind = "full"', 'kind = "full"\n[[announcements]]\nname = "a"\naudience = "A"\nchannels = ["email"]\noccasion = "daily"\ntemplate = "no-such"', "16: announcements[0].template=no-such: allowed is daily-summary, weekly-summary, support-faq, milestone or full-rollout"),
        ('kind = "full"', 'kind = "full"\n[[announcements]]\nname = "a"\naudience = "A"\nchannels = ["email"]\noccasion = "daily"\nmessage = "{reason}"', "16: announcements[0].message={reason}: allowed is {reason} for the occasion entered or rolled_back only"),
        ('kind = "full"', 'kind = "full"\n[[announcements]]\nname = "a"\naudience = "A"\nchannels = ["email"]\noccasion = "daily"\ntemplate = "daily-summary"\nmessage_ko = "M"', "17: announcements[0].message_ko=M: allowed is the Korean of a message only"),
        ('name = "all"', 'name = "all', "9: this is not TOML: Illegal character '\\n'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(old, new, expected):
    assert faults(changed(old, new)) == [f"plan.toml:{expected}"]


def test_a_plan_ends_with_everything_and_its_shares_grow():
    steps = [
        f'[[steps]]\nname = "share-{share}"\nkind = "percentage"\npercentage = {share}\n' for share in (5, 50, 25, 60)
    ]

    assert faults('name = "A"\nzone = "UTC"\n' + "".join(steps)) == [
        "plan.toml:14: steps[2].percentage=25: allowed is more than 50, the share of the step before",
        "plan.toml:17: steps[3].kind=percentage: allowed is full for the last step",
    ]


def test_everything_is_said_at_once_in_the_order_of_the_lines():
    text = WHOLE
    for old, new in (
        ("percentage = 50", "percentage = 150"),
        ('zone = "Asia/Seoul"', 'zone = "Asia/Soul"'),
        ("minimum_checks", "minimum_check"),
        ("load_test_passed", "load_tested"),
    ):
        text = text.replace(old, new)

    said = faults(text)

    lines = [int(re.match(r"plan\.toml:(\d+): ", fault)[1]) for fault in said]
    assert lines == sorted(lines)
    assert len(said) == 7
    for fault, line in zip(said, lines, strict=True):
        key = re.search(r"(\w+)(?:=|: )", fault.split(": ", 1)[1])[1]
        assert key in text.splitlines()[line - 1]
    with pytest.raises(PlanErrors, match=r"^plan\.toml:4: zone=Asia/Soul: .* \(and 6 more\)$"):
        parse_plan(text, "plan.toml")


def test_a_faulty_step_is_still_known_by_its_name():
    assert faults(changed("percentage = 50", "percentage = 0", WHOLE)) == [
        "plan.toml:133: steps[2].percentage=0: allowed is 1 to 100"
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'name = "\xff"', "plan.toml:1: allowed is UTF-8 text"),
        (b"a = " + b"[" * 5000, "nested too deeply|not TOML"),
        (b"a = " + b"9" * 5000, "not TOML"),
        (b"a = 1\nb", "plan.toml:2: this is not TOML"),
        (b"", "plan.toml:1: name: is missing"),
    ],
)
def test_a_file_that_is_no_toml_at_all(tmp_path, content, said):
    file = tmp_path / "plan.toml"
    file.write_bytes(content)

    with pytest.raises(PlanErrors, match=said):
        load_plan(file)


def test_a_byte_order_mark_and_windows_lines_do_no_harm(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())

    assert load_plan(file) == parse_plan(SMALL, "plan.toml")


def paths(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, (*path, key))


STRANGE = '''
a."b c".'d' = 1 # not [a] key = here
s = """
x = 1
"quoted" \\""" end""""
l = \'\'\'
[no.header]
\'\'\'
list = [ # comment with ] and "
  [1, 2], {x = "}", y = [
    "],", ']'
  ]},
]
[t.u]
k = 1979-05-27T07:32:00Z
[[t.v]]
k = 1
[[t.v]]
[t.v.w]
"\\u0041" = 2
'''


@pytest.mark.parametrize("text", [WHOLE, DEMO.read_text(encoding="utf-8"), STRANGE], ids=["default", "demo", "strange"])
def test_every_key_has_its_line(text):
    lines = lines_of(text)
    written = text.splitlines()

    for path in paths(tomllib.loads(text)):
        assert path in lines
        keys = [part for part in path if isinstance(part, str) and part != "A"]
        if path and path[-1] == (keys or [None])[-1]:
            assert keys[-1] in written[lines[path] - 1]
    assert lines[("name",)] == 3 if text is WHOLE else True


def test_the_lines_of_a_strange_text():
    lines = lines_of(STRANGE)

    assert lines["a", "b c", "d"] == 2
    assert (lines["s",], lines["l",], lines["list",]) == (3, 6, 9)
    assert (lines["list", 0], lines["list", 1, "y"], lines["list", 1, "y", 1]) == (10, 10, 11)
    assert (lines["t", "v", 0, "k"], lines["t", "v", 1], lines["t", "v", 1, "w", "A"]) == (17, 18, 20)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(
    ["canary", "full", "5 ms", "0.5 %", "7 days", "Tue-Thu 02:00-04:00", "UTC", "verdict_continue", "percentage"]
)  # fmt: skip
LEAVES = [path for path in paths(facts_of_plan(THE_PLAN)) if path]


def whatever_is_wrong(text):
    try:
        parse_plan(text, "plan.toml")
    except PlanErrors as errors:
        return errors.faults
    return ()


@settings(max_examples=80)
@given(
    st.sampled_from(LEAVES),
    scalars | st.lists(scalars, max_size=3) | st.dictionaries(st.text(max_size=5), scalars, max_size=2),
)
def test_any_value_in_any_place_is_taken_or_refused_and_never_worse(path, value):
    facts = facts_of_plan(THE_PLAN)
    table = facts
    for part in path[:-1]:
        table = table[part]
    table[path[-1]] = value
    text = "\n".join(f"{key} = {as_toml(item)}" for key, item in facts.items())

    assert all("\n" not in str(fault) for fault in whatever_is_wrong(text))


@settings(max_examples=80)
@given(
    st.integers(0, len(WHOLE)),
    st.integers(0, 12),
    st.text(max_size=6) | st.sampled_from(["[[", "]]", '"""', "'", "= ", "\n", "{", "#"]),
)
def test_a_plan_with_something_mistyped_is_taken_or_refused_and_never_worse(start, length, junk):
    text = WHOLE[:start] + junk + WHOLE[start + length :]

    assert all(1 <= fault.line <= text.count("\n") + 1 for fault in whatever_is_wrong(text))


@given(st.text(max_size=60))
def test_junk_is_refused_and_never_worse(text):
    with pytest.raises(PlanErrors):
        parse_plan(text, "plan.toml")
