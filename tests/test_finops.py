"""The cost model: it reproduces published bills, guesses no price, and its advice is coherent."""

import json
import math
import re
import sys
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import finops
from conftest import Project
from finops import Bill, FinOpsError, Item, Workload
from matrix import ROOT, questions
from proof import command

US, EU, SP = "us-east-1", "eu-west-1", "sa-east-1"
BOOK = finops.price_book()

SMALL = Workload(
    region=US,
    monthly_requests=1_000_000,
    peak_to_mean=5,
    latency_p95_ms=200,
    inference_ms=2,
    memory_mb=256,
    response_kb=1,
    ops_team_size=1,
)
TRAFFIC = [0, 1, 1_000, 10**6, 10**8, 10**10]


def workload(**changes: Any) -> Workload:
    return Workload(**{**SMALL.model_dump(), **changes})


def burst(bill: Bill) -> None:
    """Environments kept ready from 8 to 16 h; half a million requests come then, 2.5 after it."""
    bill.provisioned_functions(100, 8 * 3600, 0.5e6, 100, 1536, "x86_64")
    outside = 2.5e6
    bill.add("Lambda", "lambda.duration.x86_64", outside * 0.12 * 1.5 - 4e5)
    bill.add("Lambda", "lambda.requests", (outside - 1e6) / 1e6)


def small_service(bill: Bill) -> None:
    bill.fargate(720, 0.25, 0.5, "x86_64")
    bill.load_balancer(720, hours=720)
    bill.addresses(2, hours=720)
    bill.add("Logs", "logs.ingestion", 1)


# What AWS and others have printed, line by line where they did.
PUBLISHED: dict[str, tuple[Callable[[Bill], None], list[float]]] = {
    "3 M, 120 ms, 1536 MB, free tier": (
        lambda bill: bill.functions(3e6, 120, 1536, "x86_64", free_tier=True),
        [0.40, 2.33],
    ),
    "7.44 M, 2 s, 1 GB": (lambda bill: bill.functions(7.44e6, 2000, 1024, "x86_64"), [1.49, 248.0]),
    "6 M, 280 ms, 4 GB, 2 GB of disk, free tier": (
        lambda bill: bill.functions(6e6, 280, 4096, "x86_64", storage_mb=2048, free_tier=True),
        [1.00, 105.33, 0.08],
    ),
    "environments kept ready": (burst, [18.0, 0.73, 0.10, 0.83, 0.30]),
    "Fargate in bursts": (lambda b: b.fargate(25, 1, 2, "x86_64", 30), [1.01, 0.22, 0.03]),
    "Fargate in bursts on arm64": (lambda b: b.fargate(25, 1, 2, "arm64", 30), [0.81, 0.18, 0.03]),
    "100 k x 350 ms x 512 MB": (lambda b: b.functions(1e5, 350, 512, "x86_64"), [0.02, 0.29]),
    "100 k x 350 ms x 512 MB on arm64": (
        lambda b: b.functions(1e5, 350, 512, "arm64"),
        [0.02, 0.23],
    ),
    "tiers of duration": (
        lambda bill: bill.functions(9e9, 1024, 1024, "x86_64"),
        [1800.0, 100_000.20 + 48_240.00],
    ),
    "a task for a month": (lambda b: b.fargate(730, 1, 2, "x86_64"), [29.55, 6.49]),
    "a larger task": (lambda b: b.fargate(730, 2, 4, "x86_64"), [59.10, 12.98]),
    "a cluster": (lambda b: b.control_plane(), [73.0]),
    "an old cluster": (lambda b: b.control_plane("extended"), [438.0]),
    "a load balancer and 1000 GB": (lambda b: b.load_balancer(1000), [16.43, 8.00]),
    "a NAT gateway and 100 GB": (lambda b: b.nat(100), [32.85, 4.50]),
    "HTTP API, 1 G requests": (lambda b: b.http_api(1e9), [930.0]),
    "1 M x 200 ms x 512 MB": (lambda b: b.functions(1e6, 200, 512, "x86_64"), [0.20, 1.67]),
    "1 M x 200 ms x 512 MB on arm64": (lambda b: b.functions(1e6, 200, 512, "arm64"), [0.20, 1.33]),
    # Its author rounded one of the first two lines up.
    "a small service of 720 h": (small_service, [7.29, 1.60, 16.20, 5.76, 7.20, 0.50]),
    "8 services of half a vCPU": (lambda b: b.fargate(8 * 730, 0.5, 1, "x86_64"), [118.20, 25.96]),
}


@pytest.mark.parametrize("example", PUBLISHED)
def test_a_published_bill_is_reproduced_to_a_cent_a_line(example: str) -> None:
    build, printed = PUBLISHED[example]
    bill = Bill(BOOK, US)
    build(bill)
    assert [line.amount for line in bill.lines] == [pytest.approx(amount) for amount in printed]


def test_a_published_bill_of_egress_is_reproduced() -> None:
    bill = Bill(BOOK, EU)
    bill.egress(500 * 8192 * finops.SECONDS / finops.GIB)
    assert finops.total(bill.lines) == 902.25


@pytest.mark.parametrize(
    ("build", "printed"),
    [
        (lambda bill: bill.http_api(1e9), 890.0),
        (lambda bill: bill.fargate(730, 1, 2, "x86_64"), 16.0),
        (lambda bill: bill.nodes("m6i.large", 1, 0), 60.74),
    ],
)
def test_wrong_published_totals_are_not_reproduced(
    build: Callable[[Bill], None], printed: float
) -> None:
    bill = Bill(BOOK, US)
    build(bill)
    assert abs(finops.total(bill.lines) - printed) > 1


def test_each_price_has_its_source_and_month() -> None:
    rows = [(name, region, rate) for name, item in BOOK for region, rate in item.regions.items()]
    assert len(rows) > 70
    for name, region, rate in rows:
        assert rate.source, (name, region)
        assert "2025-12" < rate.as_of < "2027", (name, region)


@pytest.mark.parametrize(
    ("item", "region", "message"),
    [
        ("ec2.m6i.large", SP, "no row 'ec2.m6i.large' for the region 'sa-east-1'"),
        ("alb.hour", "mars-north-1", "no row 'alb.hour' for the region 'mars-north-1'"),
        ("alb.minute", US, "no row 'alb.minute' for the region 'us-east-1'"),
    ],
)
def test_a_price_that_is_not_there_is_refused(item: str, region: str, message: str) -> None:
    with pytest.raises(FinOpsError, match=re.escape(message)):
        BOOK.cost(item, region, 1)


def test_a_quantity_beyond_the_known_tiers_is_refused() -> None:
    assert BOOK.cost("http_api.requests", SP, 300) == pytest.approx(477)
    with pytest.raises(FinOpsError, match=r"'sa-east-1' above 300 \(1,000,000 requests"):
        BOOK.cost("http_api.requests", SP, 301)


@pytest.mark.parametrize(
    "rate",
    [
        {},
        {"price": 1, "tiers": [[None, 1]]},
        {"tiers": [[5, 1], [5, 2]]},
        {"price": 0},
        {"cost": 1},
    ],
)
def test_a_wrong_row_is_refused(rate: dict[str, Any]) -> None:
    row = {"source": "a page", "as_of": "2026-11", **rate}
    with pytest.raises(ValidationError):
        Item.model_validate({"unit": "hour", "regions": {US: row}})


@pytest.mark.parametrize(
    ("field", "value", "accepted"),
    [
        ("monthly_requests", -1, "greater than or equal to 0"),
        ("monthly_requests", 10**12, "less than or equal to 100000000000"),
        ("peak_to_mean", 0.5, "greater than or equal to 1"),
        ("inference_ms", 0, "greater than 0"),
        ("memory_mb", "much", "valid integer"),
        ("architecture", "riscv", "'arm64' or 'x86_64'"),
    ],
)
def test_a_wrong_workload_is_refused(field: str, value: object, accepted: str) -> None:
    with pytest.raises(ValidationError, match=accepted) as refusal:
        workload(**{field: value})
    assert refusal.value.errors()[0]["loc"] == (field,)


workloads = st.builds(
    Workload,
    region=st.sampled_from([US, EU, SP]),
    monthly_requests=st.integers(0, 10**9),
    peak_to_mean=st.floats(1, 50),
    latency_p95_ms=st.floats(5, 5000),
    inference_ms=st.floats(0.1, 2000),
    memory_mb=st.integers(64, 20_000),
    response_kb=st.floats(0.1, 1000),
    architecture=st.sampled_from(["arm64", "x86_64"]),
    ops_team_size=st.floats(0, 20),
)


@given(workloads, st.integers(0, 10**9))
def test_more_traffic_never_costs_less(one: Workload, more: int) -> None:
    for target in finops.TARGETS:
        try:
            low = finops.plan(target, one)
            high = finops.plan(target, one.at(one.monthly_requests + more))
        except FinOpsError:
            continue
        assert high.monthly >= low.monthly


@given(workloads)
def test_the_recommendation_is_the_best_of_the_matrix(one: Workload) -> None:
    try:
        advice = finops.advise(one)
    except FinOpsError:
        return
    best = max(score.mean for score in advice.scores)
    [chosen] = [score for score in advice.scores if score.target == advice.recommended]
    assert chosen.mean == best
    assert set(advice.plans) | set(advice.refused) == set(finops.TARGETS)
    assert all(0 <= points <= 5 for score in advice.scores for points in score.points.values())


@given(workloads)
def test_a_plan_holds_its_own_peak(one: Workload) -> None:
    for target in ("ecs", "k8s"):
        try:
            found = finops.plan(target, one)
        except FinOpsError:
            continue
        vcpu = float(found.sizing["vcpu" if target == "ecs" else "pod_vcpu"])
        copies = float(found.sizing["max_tasks" if target == "ecs" else "max_pods"])
        seconds = (one.inference_ms + 1) / 1000 / min(1.0, vcpu)
        assert one.peak_rps * seconds <= 0.6 * copies * (1 + 1e-9)
        assert found.monthly == finops.total(found.lines)


@pytest.mark.parametrize("region", [US, EU, SP])
@pytest.mark.parametrize("latency", [10, 50, 5000])
def test_break_even_agrees_with_both_cost_curves(region: str, latency: int) -> None:
    one = workload(region=region, latency_p95_ms=latency)
    crossings = finops.break_even(one)
    assert crossings
    for crossing in crossings:
        before, after = one.at(crossing.monthly_requests - 1), one.at(crossing.monthly_requests)

        def gap(at: Workload, crossing: finops.Crossing = crossing) -> float:
            below, above = (finops.plan(t, at).monthly for t in (crossing.below, crossing.above))
            return below - above

        assert gap(before) <= 0 <= gap(after)
        assert gap(before) < gap(after)


@pytest.mark.parametrize("requests", TRAFFIC)
def test_any_traffic_has_an_answer(requests: int) -> None:
    advice = finops.advise(workload(monthly_requests=requests))
    assert set(advice.plans) == set(finops.TARGETS)
    assert all(math.isfinite(one.p95_ms) for one in advice.plans.values())
    costs = finops.sensitivity(workload(monthly_requests=requests))
    assert costs[1] == {target: one.monthly for target, one in advice.plans.items()}


def test_nobody_asks_and_a_function_costs_its_images_only() -> None:
    assert [line.item for line in finops.plan("lambda", SMALL.at(0)).lines] == ["ecr.storage"]


def test_a_region_moves_the_break_even() -> None:
    """In São Paulo a function costs what it costs in Virginia, and everything else costs more."""
    at = {
        region: next(
            c.monthly_requests
            for c in finops.break_even(workload(region=region))
            if (c.below, c.above) == ("lambda", "ecs")
        )
        for region in (US, SP)
    }
    assert at[SP] > 1.1 * at[US]


def test_rare_requests_wait_for_a_start() -> None:
    rare = workload(monthly_requests=1000)
    found = finops.plan("lambda", rare)
    # 1,000 requests a month and ten minutes: exp(-1000 / 2,628,000 * 600).
    assert float(found.sizing["cold_share"]) == pytest.approx(0.796, abs=1e-3)
    assert found.p95_ms > finops.plan("lambda", SMALL).p95_ms + 900
    assert not found.meets_latency
    assert finops.kept_ready(rare, 256) > found.monthly


@pytest.mark.parametrize(
    ("changes", "target", "reason"),
    [
        ({"memory_mb": 12_000}, "lambda", "a function has at most 10240 MB"),
        ({"response_kb": 7000}, "lambda", "a function answers with at most 6 MB"),
        ({"inference_ms": 30_000}, "lambda", "an HTTP API waits at most 30 s"),
        ({"memory_mb": 122_880, "region": US}, "k8s", "one copy has at most 6144 MB"),
    ],
)
def test_what_a_target_cannot_do_is_said(
    changes: dict[str, Any], target: finops.Target, reason: str
) -> None:
    advice = finops.advise(workload(**changes))
    assert reason in advice.refused[target]
    assert advice.recommended != target


def test_no_target_has_a_gpu() -> None:
    with pytest.raises(
        FinOpsError, match="no target can serve this workload: lambda: it offers no"
    ):
        finops.advise(workload(needs_gpu=True))


def test_weights_can_be_changed() -> None:
    weights = dict.fromkeys(finops.WEIGHTS, 0.0)
    portable = finops.advise(SMALL, weights | {"lock-in": 1.0})
    assert portable.recommended == "k8s"
    with pytest.raises(FinOpsError, match="weights: give cost, latency"):
        finops.advise(SMALL, {"cost": 1.0})


def test_the_free_tier_lowers_the_bill() -> None:
    free = finops.plan("lambda", workload(free_tier=True)).monthly
    assert free < finops.plan("lambda", SMALL).monthly


def test_pods_per_node_leave_room_for_the_system() -> None:
    node = finops.NODES["m7g.large"]
    # 2 - 0.07 - 0.3 cores; 8192 - 11 * 29 - 355 - 512 MiB; 29 - 6 pods.
    assert finops.pods_per_node(node, 0.5, 256) == 3
    assert finops.pods_per_node(node, 0.25, 2000) == 3
    assert finops.pods_per_node(node, 0.05, 64) == 23


def test_the_cheaper_way_out_of_a_private_network_is_taken() -> None:
    here, there = (finops.plan("ecs", workload(region=region)) for region in (US, SP))
    # 4 endpoints in 2 zones at 0.01 are 58.40 a month; 2 gateways with their addresses 73.00.
    assert here.sizing["egress"] == "endpoints"
    assert 58.40 in [line.amount for line in here.lines]
    assert there.sizing["egress"] == "nat", "endpoints have no known price there"


def answered(**answers: Any) -> Workload:
    """The workload of a project with these answers and defaults otherwise."""
    known = {name: question.get("default") for name, question in questions().items()} | answers
    fields = {name: known[name] for name in Workload.model_fields if name in known}
    return Workload.model_validate(fields | {"region": known["aws_region"]})


@pytest.mark.parametrize(
    "answers",
    [{}, {"monthly_requests": 30_000_000, "aws_region": SP, "inference_ms": 7.5}],
    ids=["defaults", "others"],
)
def test_a_project_recomputes_the_same_figures(project: Project, answers: dict[str, Any]) -> None:
    folder = project(answers)
    recomputed = json.loads(command([sys.executable, "-m", "finops", "--json"], folder))
    expected = finops.summary(answered(**answers))
    assert recomputed == json.loads(json.dumps(expected))
    page = (folder / "docs" / "finops.md").read_text(encoding="utf-8")
    for target, plan in expected["plans"].items():
        assert f"| `{target}` | {plan['monthly']:,.2f} |" in page
    for crossing in expected["crossings"]:
        assert f"- From {crossing['monthly_requests']:,} requests a month on" in page


@pytest.mark.parametrize(
    ("target", "file", "settings"),
    [
        ("lambda", "infra/live/prod.tfvars", ["memory_mb       = 1769", "rate = 191, burst = 381"]),
        ("ecs", "infra/live/prod.tfvars", ["min_tasks = 2", "max_tasks = 4", "cpu       = 512"]),
        ("k8s", "infra/live/prod.tfvars", ["node_min = 2", "node_max = 3"]),
        ("k8s", "k8s/overlays/prod/kustomization.yaml", ["value: 500m", "value: 300Mi"]),
    ],
)
def test_production_is_sized_for_the_workload(
    project: Project, target: str, file: str, settings: list[str]
) -> None:
    answers = {"monthly_requests": 50_000_000, "memory_mb": 300, "latency_p95_ms": 40}
    text = (project(answers | {"deploy_target": target}) / file).read_text(encoding="utf-8")
    assert not [setting for setting in settings if setting not in text]


@pytest.mark.parametrize("target", finops.TARGETS)
def test_infracost_gets_the_traffic_of_resources_that_exist(project: Project, target: str) -> None:
    infra = project({"deploy_target": target, "monthly_requests": 4_000_000}) / "infra"
    usage = yaml.safe_load((infra / "infracost-usage.yml").read_text(encoding="utf-8"))
    service = "".join(path.read_text(encoding="utf-8") for path in (infra / "service").glob("*.tf"))
    for address in usage["resource_usage"]:
        _, _, _, module, kind, name = address.split(".")
        assert f'module "{module}" {{' in service, address
        declared = f'resource "{kind}" "{name}" {{'
        sources = (infra / "modules" / module).glob("*.tf")
        assert any(declared in path.read_text(encoding="utf-8") for path in sources), address


def test_a_size_needs_no_price(project: Project) -> None:
    """Above 300 million requests a month the HTTP API has no known price in São Paulo."""
    answers = {"aws_region": SP, "monthly_requests": 10**9, "deploy_target": "lambda"}
    folder = project(answers)
    assert "memory_mb       = 1769" in (folder / "infra" / "live" / "prod.tfvars").read_text()
    page = (folder / "docs" / "finops.md").read_text(encoding="utf-8")
    assert "| `lambda` |  |  |  | not computed: the price book has no row 'http_api" in page


@pytest.mark.parametrize("target", finops.TARGETS)
@pytest.mark.parametrize("requests", TRAFFIC)
def test_every_figure_of_the_documents_is_the_models(
    project: Project, target: str, requests: int
) -> None:
    answers = {"monthly_requests": requests, "deploy_target": target}
    docs = project(answers) / "docs"
    record = (docs / "adr" / "0004-deployment-target.md").read_text(encoding="utf-8")
    page = (docs / "finops.md").read_text(encoding="utf-8")
    canvas = (docs / "ml-canvas.md").read_text(encoding="utf-8")
    contract = (docs / "adr" / "0012-api-contract.md").read_text(encoding="utf-8")
    one = answered(**answers)
    advice = finops.advise(one)
    for name, plan in advice.plans.items():
        million = f"{plan.monthly / requests * 1e6:,.2f}" if requests else ""
        row = f"| `{name}` | {plan.monthly:,.2f} | {million} | {plan.p95_ms:,.0f} ms |"
        assert row in record
        assert row in page
        for line in plan.lines:
            assert (
                f"| `{line.item}` | {line.quantity:,.4g} | {line.unit} | {line.amount:,.2f} |"
                in page
            )
    for score in advice.scores:
        assert f"| `{score.target}` | {score.mean:.2f} | " in record
    assert f"The model recommends `{advice.recommended}`." in record
    assert ("It was not followed." in record) == (advice.recommended != target)
    for crossing in finops.break_even(one):
        if target in {crossing.below, crossing.above}:
            assert f" {crossing.monthly_requests:,} requests a month" in record
    assert f"{advice.plans[target].monthly:,.2f} USD a month" in canvas  # type: ignore[index]
    assert f" {one.peak_rps:.3g} requests a second at the peak" in contract


def test_what_is_recomputed_is_told_to_a_person(project: Project) -> None:
    run = [sys.executable, "-m", "finops"]
    shown = command([*run, "--monthly-requests", "3e7", "--weight", "lock-in=9"], project({}))
    assert "30,000,000 requests a month in us-east-1" in shown
    assert "Recommended: k8s, with" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--monthly-requests", "-4"], "--monthly-requests: Input should be greater than or equal"),
        (["--region", "mars"], "has no row 'http_api.requests' for the region 'mars'"),
        (["--weight", "luck=1"], "'luck' is none of cost, latency"),
        (["--weight", "cost=much"], "'much' is no number"),
    ],
)
def test_what_cannot_be_recomputed_is_told_as_well(
    project: Project, arguments: list[str], message: str
) -> None:
    with pytest.raises(AssertionError, match=re.escape(message)) as refusal:
        command([sys.executable, "-m", "finops", *arguments], project({}))
    assert "ended with 2" in str(refusal.value)
    assert "Traceback" not in str(refusal.value)


def test_old_prices_are_named() -> None:
    assert finops.stale_prices(US, ["alb.hour", "egress"], "2027-07") == []
    assert finops.stale_prices(US, ["alb.hour", "egress"], "2027-08") == ["alb.hour"]


def test_the_page_about_the_model_has_its_figures() -> None:
    page = (ROOT / "docs" / "cost-model.md").read_text(encoding="utf-8")
    borders = {
        region: {(c.below, c.above): c.monthly_requests for c in finops.break_even(one)}
        for region, one in ((US, answered()), (SP, answered(aws_region=SP)))
    }
    assert f"| {borders[US]['lambda', 'ecs'] / 1e6:.0f} million | `ecs` |" in page
    assert f"moves up to {borders[SP]['lambda', 'ecs'] / 1e6:.0f} million" in page
    assert ("ecs", "k8s") not in borders[US]
    floor = finops.plan("ecs", answered(monthly_requests=0)).monthly
    assert f"cost {floor:.0f} a month before the first request" in " ".join(page.split())
    for name, weight in finops.WEIGHTS.items():
        assert f"{name} ({weight:.0%})".replace("%", " %") in page


def test_the_chart_is_a_picture_with_every_target_and_crossing() -> None:
    drawn = ElementTree.fromstring(finops.chart(SMALL))
    words = [element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert set(finops.TARGETS) <= set(words)
    assert len([word for word in words if word and "<" in word]) == len(finops.break_even(SMALL))
