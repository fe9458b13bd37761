"""What a workload costs on each deployment target, how fast it is there, and which one to take.

All amounts are USD a month at list prices. A month has 730 hours or 2,628,000 seconds; a GB is
1024**3 bytes. Each line of a bill is rounded to a cent, as AWS does, before the lines are added.

The file is self-contained, as Copier loads it from the template's own folder. A generated project
gets everything above the last section, with the same prices, and so recomputes the same figures.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

HOURS = 730
SECONDS = 2_628_000
GIB = 1024**3

Architecture = Literal["arm64", "x86_64"]
Target = Literal["lambda", "ecs", "k8s"]
TARGETS: tuple[Target, ...] = ("lambda", "ecs", "k8s")

_PRICES = Path(__file__).with_name("prices.yml")


class FinOpsError(ValueError):
    """A cost cannot be computed; the message says why."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# Workload


class Workload(_Model):
    """What the service has to do in a month."""

    region: str = Field(description="AWS region")
    monthly_requests: int = Field(ge=0, le=10**11)
    peak_to_mean: float = Field(ge=1, le=1000, description="requests of the busiest second / mean")
    latency_p95_ms: float = Field(ge=1, le=900_000, description="target at the caller")
    inference_ms: float = Field(gt=0, le=900_000, description="one request on one whole vCPU")
    memory_mb: int = Field(ge=64, le=122_880, description="resident memory of the service")
    response_kb: float = Field(gt=0, le=102_400)
    architecture: Architecture = "arm64"
    ops_team_size: float = Field(ge=0, le=1000, description="people who run services")
    needs_gpu: bool = False
    free_tier: bool = Field(default=False, description="subtract what AWS gives for nothing")

    @property
    def mean_rps(self) -> float:
        """Requests a second, averaged over the month."""
        return self.monthly_requests / SECONDS

    @property
    def peak_rps(self) -> float:
        """Requests in the busiest second."""
        return self.mean_rps * self.peak_to_mean

    def at(self, monthly_requests: int) -> Self:
        """The same workload with other traffic."""
        # Not validated: a search asks a thousand times, with numbers of its own.
        return self.model_copy(update={"monthly_requests": monthly_requests})


# Prices


class Rate(_Model):
    """The price of an item in a region: one price, or tiers of a month."""

    price: float | None = Field(default=None, gt=0)
    tiers: tuple[tuple[float | None, float], ...] = ()
    source: Annotated[str, StringConstraints(min_length=1)]
    as_of: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}$")]

    @model_validator(mode="after")
    def _price_or_rising_tiers(self) -> Self:
        if (self.price is None) == (not self.tiers):
            raise ValueError("give either `price` or `tiers`")
        ends = [math.inf if end is None else end for end, _ in self.tiers]
        if ends != sorted(set(ends)):
            raise ValueError("each tier must end above the one before")
        return self


class Item(_Model):
    """An item of the price book, in each region where its price is known."""

    unit: str
    regions: dict[str, Rate]


class PriceBook:
    """List prices, each with its source and month."""

    def __init__(self, items: Mapping[str, Item]) -> None:
        self._items = items

    @classmethod
    def load(cls, path: Path = _PRICES) -> PriceBook:
        """Read and validate a price book."""
        # LibYAML's parser is ten times as fast, and the file is read at each copy.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        document = yaml.load(path.read_text(encoding="utf-8"), loader)
        return cls({name: Item.model_validate(item) for name, item in document.items()})

    def __iter__(self) -> Iterator[tuple[str, Item]]:
        return iter(self._items.items())

    def regions(self) -> list[str]:
        """Every region that any row names."""
        return sorted({region for item in self._items.values() for region in item.regions})

    def rate(self, item: str, region: str) -> Rate:
        """The rate of an item.

        Raises:
            FinOpsError: the book has no such row; it never takes the price of another region.
        """
        rate = self._items[item].regions.get(region) if item in self._items else None
        if rate is None:
            raise FinOpsError(f"the price book has no row {item!r} for the region {region!r}")
        return rate

    def unit(self, item: str) -> str:
        """What one of an item is."""
        return self._items[item].unit

    def cost(self, item: str, region: str, quantity: float) -> float:
        """The unrounded cost of a quantity, tier by tier.

        Raises:
            FinOpsError: no row, or the quantity lies beyond the last tier that is known.
        """
        rate = self.rate(item, region)
        if rate.price is not None:
            return rate.price * quantity
        total = start = 0.0
        for end, price in rate.tiers:
            stop = math.inf if end is None else end
            total += price * (min(quantity, stop) - start)
            if quantity <= stop:
                return total
            start = stop
        raise FinOpsError(
            f"the price book has no row {item!r} for the region {region!r} above {start:,.0f} "
            f"({self.unit(item)})"
        )


@cache
def price_book() -> PriceBook:
    """The book beside this file."""
    return PriceBook.load()


# Services: each function itemises the bill of one of them


class Line(NamedTuple):
    """One line of a bill."""

    service: str
    item: str
    quantity: float
    unit: str
    amount: float


Lines = list[Line]


def cents(amount: float) -> float:
    """An amount as AWS prints it: rounded half up to a cent."""
    return math.floor(amount * 100 + 0.5 + 1e-7) / 100


def total(lines: Sequence[Line]) -> float:
    """The sum of rounded lines."""
    return round(sum(line.amount for line in lines), 2)


class Bill:
    """Collects the lines of one region."""

    def __init__(self, book: PriceBook, region: str) -> None:
        self.book = book
        self._region = region
        self.lines: Lines = []

    def add(self, service: str, item: str, quantity: float) -> None:
        """Add a line; a quantity of nothing adds none."""
        if quantity > 0:
            amount = cents(self.book.cost(item, self._region, quantity))
            self.lines.append(Line(service, item, quantity, self.book.unit(item), amount))

    def functions(
        self,
        requests: float,
        milliseconds: float,
        memory_mb: float,
        architecture: Architecture,
        *,
        storage_mb: float = 512,
        free_tier: bool = False,
    ) -> None:
        """Lambda on demand. Duration is rounded up to a millisecond."""
        seconds = requests * math.ceil(milliseconds) / 1000
        free_requests, free_gb_seconds = (1e6, 4e5) if free_tier else (0.0, 0.0)
        self.add("Lambda", "lambda.requests", max(0.0, requests - free_requests) / 1e6)
        self.add(
            "Lambda",
            f"lambda.duration.{architecture}",
            max(0.0, seconds * memory_mb / 1024 - free_gb_seconds),
        )
        self.add("Lambda", "lambda.storage", seconds * max(0.0, storage_mb - 512) / 1024)

    def provisioned_functions(
        self,
        environments: float,
        seconds: float,
        requests: float,
        milliseconds: float,
        memory_mb: float,
        architecture: Architecture,
    ) -> None:
        """Lambda with environments kept ready for some seconds; there is no free tier."""
        gigabytes = memory_mb / 1024
        self.add("Lambda", f"lambda.provisioned.{architecture}", environments * gigabytes * seconds)
        self.add(
            "Lambda",
            f"lambda.provisioned_duration.{architecture}",
            requests * math.ceil(milliseconds) / 1000 * gigabytes,
        )
        self.add("Lambda", "lambda.requests", requests / 1e6)

    def http_api(self, requests: float, kilobytes: float = 1) -> None:
        """API Gateway's HTTP API, metered in pieces of 512 KB."""
        self.add("API Gateway", "http_api.requests", requests * math.ceil(kilobytes / 512) / 1e6)

    def fargate(
        self,
        task_hours: float,
        vcpu: float,
        memory_gb: float,
        architecture: Architecture,
        storage_gb: float = 20,
    ) -> None:
        """Fargate, billed for the configured size."""
        self.add("Fargate", f"fargate.vcpu.{architecture}", task_hours * vcpu)
        self.add("Fargate", f"fargate.memory.{architecture}", task_hours * memory_gb)
        self.add("Fargate", "fargate.storage", task_hours * max(0.0, storage_gb - 20))

    def load_balancer(self, lcu_hours: float, hours: float = HOURS) -> None:
        """An application load balancer."""
        self.add("Load balancer", "alb.hour", hours)
        self.add("Load balancer", "alb.lcu", lcu_hours)

    def nat(self, gigabytes: float, gateways: int = 1, hours: float = HOURS) -> None:
        """NAT gateways, without their addresses."""
        self.add("NAT gateway", "nat.hour", gateways * hours)
        self.add("NAT gateway", "nat.gb", gigabytes)

    def endpoints(self, gigabytes: float, count: int, hours: float = HOURS) -> None:
        """Interface endpoints, each counted in each of its zones."""
        self.add("Endpoints", "endpoint.hour", count * hours)
        self.add("Endpoints", "endpoint.gb", gigabytes)

    def addresses(self, count: float, hours: float = HOURS) -> None:
        """Public IPv4 addresses."""
        self.add("Public IPv4", "ipv4.hour", count * hours)

    def control_plane(self, support: Literal["standard", "extended"] = "standard") -> None:
        """An EKS cluster."""
        self.add("EKS", f"eks.{support}", HOURS)

    def nodes(self, instance_type: str, count: float, disk_gb: float) -> None:
        """EC2 instances with one gp3 volume each."""
        self.add("EC2", f"ec2.{instance_type}", count * HOURS)
        self.add("EBS", "ebs.gp3", count * disk_gb)

    def egress(self, gigabytes: float, *, free_tier: bool = False) -> None:
        """Traffic to the internet; the first 100 GB of an account are free."""
        self.add("Data transfer", "egress", max(0.0, gigabytes - (100 if free_tier else 0)))


# Targets: from a workload to a size, a bill and a latency

# What the model assumes where the workload does not say; the documents print these.
ASSUMPTIONS: Mapping[str, tuple[float, str]] = {
    "utilisation": (0.6, "share of a vCPU that is planned to be busy at the peak"),
    "zones": (2, "availability zones"),
    "floor": (2, "tasks, pods or nodes at least, one in each zone"),
    "endpoints": (4, "of a private network: registry (2), logs, secrets"),
    "handler_ms": (1.0, "reading, validating and answering one request, beside inference"),
    "function_path_ms": (15.0, "HTTP API and function platform, at p95"),
    "balancer_path_ms": (5.0, "load balancer, at p95"),
    "cold_start_ms": (1000.0, "a new function environment until it answers"),
    "idle_minutes": (10.0, "a function environment without requests is taken away"),
    "log_kb": (0.3, "logged for one request"),
    "function_log_kb": (
        0.7,
        "logged by the platform and the HTTP API for one request of a function",
    ),
    "request_kb": (1.0, "size of a request"),
    "requests_per_connection": (10.0, "of a client that keeps its connection"),
    "registry_gb": (3.0, "images that are kept"),
    "image_pulls_gb": (5.0, "through NAT gateways or endpoints in a month"),
    "node_disk_gb": (20.0, "of each node"),
    "daemons_vcpu": (0.3, "of each node for its daemon sets"),
    "daemons_gb": (0.5, "of each node for its daemon sets"),
    "control_plane_logs_gb": (2.0, "in a month"),
}
_A = {name: value for name, (value, _) in ASSUMPTIONS.items()}

FUNCTION_MB = (128, 256, 512, 1024, 1769, 3072, 5120, 10_240)
MB_PER_VCPU = 1769  # of a function
# vCPU -> the memory sizes of a task in GB
TASK_GB: Mapping[float, Sequence[float]] = {
    0.25: (0.5, 1, 2),
    0.5: range(1, 5),
    1: range(2, 9),
    2: range(4, 17),
    4: range(8, 31),
    8: range(16, 61, 4),
    16: range(32, 121, 8),
}
POD_VCPU = (0.25, 0.5, 1.0)


class Node(NamedTuple):
    """An instance type for nodes."""

    vcpu: int
    memory_gb: int
    max_pods: int
    architecture: Architecture


# None of the burstable types: under steady load they run out of credits.
NODES: Mapping[str, Node] = {
    "m7g.large": Node(2, 8, 29, "arm64"),
    "m7i.large": Node(2, 8, 29, "x86_64"),
}
SYSTEM_PODS = 6  # of a node: network, DNS, metrics, storage

# As soon as more requests than this start an environment, the start is in p95.
COLD_SHARE_OF_P95 = 0.05


class Plan(NamedTuple):
    """A target sized for a workload."""

    target: Target
    lines: Lines
    monthly: float
    planned_ms: float  # p95 under the planned load, without starts
    p95_ms: float
    meets_latency: bool
    why: str
    sizing: Mapping[str, float | str]


def exclusion(target: Target, workload: Workload) -> str:
    """Why a target cannot serve a workload at all; empty if it can."""
    if workload.needs_gpu:
        return "it offers no GPU here"
    if target == "lambda":
        if workload.memory_mb > FUNCTION_MB[-1]:
            return f"a function has at most {FUNCTION_MB[-1]} MB of memory"
        if workload.response_kb > 6 * 1024:
            return "a function answers with at most 6 MB"
        if workload.inference_ms > 29_000:
            return "an HTTP API waits at most 30 s for an answer"
    largest = {"lambda": 10_240, "ecs": 120 * 1024, "k8s": 6 * 1024}[target]
    if workload.memory_mb > largest:
        return f"one copy has at most {largest} MB of memory"
    return ""


def plan(target: Target, workload: Workload, book: PriceBook | None = None) -> Plan:
    """Size a target for a workload and price it. The mean load pays, the peak sizes the maximum.

    Raises:
        FinOpsError: the target cannot serve the workload, or a price is not known.
    """
    if reason := exclusion(target, workload):
        raise FinOpsError(f"{target} cannot serve this workload: {reason}")
    sizes = {"lambda": _functions, "ecs": _tasks, "k8s": _pods}[target]
    found = list(sizes(workload, book or price_book()))
    # What is fast enough under the planned load, whatever the traffic: so the cost of more traffic
    # is never lower. The cheapest of these; if none is fast enough, the fastest.
    fast = [one for one in found if one.planned_ms <= workload.latency_p95_ms]
    if fast:
        return min(fast, key=lambda one: one.monthly)
    return min(found, key=lambda one: (one.planned_ms, one.monthly))


def cold_share(workload: Workload, seconds: float) -> float:
    """The share of requests that start a new function environment, for Poisson arrivals.

    An environment is kept while its next request comes within the idle time: with arrivals at a
    rate r at it, exp(-r * idle) of them come later.
    """
    environments = max(1.0, math.ceil(workload.mean_rps * seconds))
    return math.exp(-workload.mean_rps / environments * _A["idle_minutes"] * 60)


def _functions(workload: Workload, book: PriceBook) -> Iterator[Plan]:
    shared = Bill(book, workload.region)
    shared.http_api(workload.monthly_requests, workload.response_kb)
    kilobytes = _A["log_kb"] + _A["function_log_kb"]
    _common(shared, workload, log_gb=_gib(workload.monthly_requests * kilobytes))
    # The largest first: at the same price, more CPU is a shorter start.
    for memory in (size for size in FUNCTION_MB[::-1] if size >= workload.memory_mb):
        milliseconds = _function_ms(workload, memory)
        cold = cold_share(workload, milliseconds / 1000)
        bill = Bill(book, workload.region)
        bill.functions(
            workload.monthly_requests,
            milliseconds,
            memory,
            workload.architecture,
            free_tier=workload.free_tier,
        )
        warm_ms = _A["function_path_ms"] + milliseconds
        p95 = warm_ms + (_A["cold_start_ms"] if cold > COLD_SHARE_OF_P95 else 0)
        why = f"{cold:.0%} of the requests wait for a new environment"
        sizing = {
            "memory_mb": memory,
            "peak_concurrency": math.ceil(workload.peak_rps * milliseconds / 1000),
            "cold_share": cold,
        }
        lines = bill.lines + shared.lines
        yield Plan("lambda", lines, total(lines), warm_ms, p95, _meets(p95, workload), why, sizing)


def kept_ready(workload: Workload, memory_mb: float, book: PriceBook | None = None) -> float:
    """The monthly cost of functions that are kept ready for the peak, instead of started.

    Raises:
        FinOpsError: provisioned concurrency has no known price in the region.
    """
    milliseconds = _function_ms(workload, memory_mb)
    environments = max(1, math.ceil(workload.peak_rps * milliseconds / 1000))
    bill = Bill(book or price_book(), workload.region)
    bill.provisioned_functions(
        environments,
        SECONDS,
        workload.monthly_requests,
        milliseconds,
        memory_mb,
        workload.architecture,
    )
    return total(bill.lines)


def _function_ms(workload: Workload, memory: float) -> float:
    return (workload.inference_ms + _A["handler_ms"]) * max(1.0, MB_PER_VCPU / memory)


def _tasks(workload: Workload, book: PriceBook) -> Iterator[Plan]:
    shared = Bill(book, workload.region)
    _balanced(shared, workload)
    shared.addresses(_A["zones"])  # of the load balancer
    logged = _gib(workload.monthly_requests * _A["log_kb"])
    egress = _cheapest_egress(shared, workload.region, logged + _A["image_pulls_gb"])
    _common(shared, workload, log_gb=logged)
    for vcpu, sizes in TASK_GB.items():
        memory = next((size for size in sizes if size * 1024 >= workload.memory_mb), None)
        if memory is None:
            continue
        mean, peak, p95 = _replicas(workload, vcpu)
        bill = Bill(book, workload.region)
        bill.fargate(mean * HOURS, vcpu, memory, workload.architecture)
        sizing: dict[str, float | str] = {
            "vcpu": vcpu,
            "memory_gb": memory,
            "tasks": mean,
            "max_tasks": peak,
            "egress": egress,
        }
        lines = bill.lines + shared.lines
        why = "tasks are always up"
        meets = _meets(p95, workload)
        yield Plan("ecs", lines, total(lines), _planned_ms(workload, vcpu), p95, meets, why, sizing)


def _pods(workload: Workload, book: PriceBook) -> Iterator[Plan]:
    shared = Bill(book, workload.region)
    shared.control_plane()
    _balanced(shared, workload)
    logged = _gib(workload.monthly_requests * _A["log_kb"])
    _nat(shared, logged + _A["image_pulls_gb"])
    _common(shared, workload, log_gb=logged + _A["control_plane_logs_gb"])
    priced = [
        (name, node)
        for name, node in NODES.items()
        if node.architecture == workload.architecture and _is_priced(book, name, workload.region)
    ]
    if not priced:
        raise FinOpsError(
            f"the price book has no row of a {workload.architecture} node for the region "
            f"{workload.region!r}"
        )
    for vcpu, (name, node) in itertools.product(POD_VCPU, priced):
        per_node = pods_per_node(node, vcpu, workload.memory_mb)
        if per_node < 1:
            continue
        mean, peak, p95 = _replicas(workload, vcpu)
        nodes = max(int(_A["floor"]), math.ceil(mean / per_node))
        bill = Bill(book, workload.region)
        bill.nodes(name, nodes, _A["node_disk_gb"])
        sizing: dict[str, float | str] = {
            "pod_vcpu": vcpu,
            "pods": mean,
            "max_pods": peak,
            "node_type": name,
            "nodes": nodes,
            "max_nodes": max(nodes, math.ceil(peak / per_node)),
        }
        lines = bill.lines + shared.lines
        why = "pods are always up"
        meets = _meets(p95, workload)
        yield Plan("k8s", lines, total(lines), _planned_ms(workload, vcpu), p95, meets, why, sizing)


def pods_per_node(node: Node, vcpu: float, memory_mb: float) -> int:
    """Pods of the service that fit on a node beside what the system reserves.

    EKS reserves 6 % of the first core, 1 % of the second, 0.5 % of the next two and 0.25 % of each
    further one; 11 MiB for each possible pod, 255 MiB, and 100 MiB before pods are evicted.
    """
    shares = [0.06, 0.01, 0.005, 0.005][: node.vcpu] + [0.0025] * max(0, node.vcpu - 4)
    cores = node.vcpu - sum(shares) - _A["daemons_vcpu"]
    mebibytes = node.memory_gb * 1024 - 11 * node.max_pods - 355 - _A["daemons_gb"] * 1024
    return min(int(cores / vcpu), int(mebibytes / memory_mb), node.max_pods - SYSTEM_PODS)


def _replicas(workload: Workload, vcpu: float) -> tuple[int, int, float]:
    """Copies at the mean load and at the peak, and p95 in ms at the peak."""
    seconds = _service_seconds(workload, vcpu)
    capacity = _A["utilisation"] / seconds
    floor = int(_A["floor"])
    mean = max(floor, math.ceil(workload.mean_rps / capacity))
    peak = max(floor, math.ceil(workload.peak_rps / capacity))
    return mean, peak, _queued_ms(seconds, workload.peak_rps / peak * seconds)


def _planned_ms(workload: Workload, vcpu: float) -> float:
    return _queued_ms(_service_seconds(workload, vcpu), _A["utilisation"])


def _service_seconds(workload: Workload, vcpu: float) -> float:
    """Of one request: a copy serves one after the other, on one vCPU at most."""
    return (workload.inference_ms + _A["handler_ms"]) / 1000 / min(1.0, vcpu)


def _queued_ms(seconds: float, busy: float) -> float:
    """p95 of the response time of an M/M/1 queue: service time * ln(20) / (1 - utilisation)."""
    return _A["balancer_path_ms"] + seconds * 1000 * math.log(20) / (1 - busy)


def _cheapest_egress(bill: Bill, region: str, gigabytes: float) -> str:
    """Add the way out of private subnets that costs less an hour: endpoints in each zone, or NAT.

    What changes with the traffic is added, and may not make a project change its network.
    """
    gateways, endpoints = Bill(bill.book, region), Bill(bill.book, region)
    _nat(gateways, 0)
    count = int(_A["endpoints"] * _A["zones"])
    try:
        endpoints.endpoints(0, count)
    except FinOpsError:  # not priced in this region
        endpoints = gateways
    if total(endpoints.lines) < total(gateways.lines):
        bill.endpoints(gigabytes, count)
        return "endpoints"
    _nat(bill, gigabytes)
    return "nat"


def _nat(bill: Bill, gigabytes: float) -> None:
    """A NAT gateway with its address in each zone: one that fails takes no other with it."""
    bill.nat(gigabytes, gateways=int(_A["zones"]))
    bill.addresses(_A["zones"])


def _balanced(bill: Bill, workload: Workload) -> None:
    connections = workload.mean_rps / _A["requests_per_connection"] / 25
    kilobytes = workload.response_kb + _A["request_kb"]
    gigabytes = _gib(workload.mean_rps * 3600 * kilobytes)
    bill.load_balancer(max(connections, gigabytes) * HOURS)


def _common(bill: Bill, workload: Workload, log_gb: float) -> None:
    bill.add("Logs", "logs.ingestion", log_gb)
    bill.add("Registry", "ecr.storage", _A["registry_gb"])
    bill.egress(
        _gib(workload.monthly_requests * workload.response_kb), free_tier=workload.free_tier
    )


def _meets(p95_ms: float, workload: Workload) -> bool:
    return p95_ms <= workload.latency_p95_ms


def _is_priced(book: PriceBook, node: str, region: str) -> bool:
    try:
        book.rate(f"ec2.{node}", region)
    except FinOpsError:
        return False
    return True


def _gib(kilobytes: float) -> float:
    return kilobytes * 1024 / GIB


# Decisions: what is cheaper when, what to take, and why


class Crossing(NamedTuple):
    """At this many requests a month `below` stops being cheaper than `above`."""

    below: Target
    above: Target
    monthly_requests: int


class Score(NamedTuple):
    """Points of a target, from 0 to 5, for each criterion, and their weighted mean."""

    target: Target
    points: Mapping[str, float]
    mean: float


class Advice(NamedTuple):
    """All that the model says of a workload."""

    plans: Mapping[Target, Plan]
    refused: Mapping[Target, str]
    scores: Sequence[Score]
    recommended: Target
    reason: str


# Criterion -> weight. They add up to 1.
WEIGHTS: Mapping[str, float] = {
    "cost": 0.35,
    "latency": 0.25,
    "operations": 0.20,
    "scaling": 0.10,
    "lock-in": 0.10,
}
# People that it takes to run the target well, of which a team spends a fifth of its time on this.
OPERATIONS_PEOPLE: Mapping[Target, float] = {"lambda": 0.05, "ecs": 0.15, "k8s": 0.5}
OPERATIONS_SHARE = 0.2
# How much of what was built moves elsewhere: an image and manifests do, a function's handler, API
# and alias do not.
LOCK_IN_POINTS: Mapping[Target, float] = {"lambda": 2, "ecs": 3, "k8s": 5}
# Seconds until there is more: a function starts at once, a task in a minute, a pod may need a node.
SCALING_POINTS: Mapping[Target, float] = {"lambda": 5, "ecs": 3, "k8s": 2}
STEADY_PEAK = 2.0  # a peak that the planned utilisation takes up while more copies start

_GRID = [round(10 ** (step / 8)) for step in range(8 * 11 + 1)]


def advise(workload: Workload, weights: Mapping[str, float] = WEIGHTS) -> Advice:
    """Size, price and score every target.

    Raises:
        FinOpsError: no target can serve the workload at a known price, or the weights do not fit.
    """
    if set(weights) != set(WEIGHTS) or min(weights.values()) < 0 or not sum(weights.values()):
        raise FinOpsError(f"weights: give {', '.join(WEIGHTS)}, none negative, not all nothing")
    plans: dict[Target, Plan] = {}
    refused: dict[Target, str] = {}
    for target in TARGETS:
        try:
            plans[target] = plan(target, workload)
        except FinOpsError as error:
            refused[target] = exclusion(target, workload) or str(error)
    if not plans:
        reasons = "; ".join(f"{target}: {reason}" for target, reason in refused.items())
        raise FinOpsError(f"no target can serve this workload: {reasons}")
    scores = _scores(workload, plans, weights)
    best, *others = sorted(scores, key=lambda score: (-score.mean, plans[score.target].monthly))
    return Advice(plans, refused, scores, best.target, _reason(workload, plans, best, others))


def _scores(
    workload: Workload, plans: Mapping[Target, Plan], weights: Mapping[str, float]
) -> list[Score]:
    cheapest = min(one.monthly for one in plans.values())
    scores = []
    for target, one in plans.items():
        people = workload.ops_team_size * OPERATIONS_SHARE / OPERATIONS_PEOPLE[target]
        bursts = 1.0 if workload.peak_to_mean <= STEADY_PEAK else SCALING_POINTS[target] / 5
        points = {
            "cost": 5 * (cheapest / one.monthly if one.monthly else 1.0),
            "latency": 5 * min(1.0, workload.latency_p95_ms / one.p95_ms),
            "operations": 5 * min(1.0, people),
            "scaling": 5 * bursts,
            "lock-in": LOCK_IN_POINTS[target],
        }
        mean = sum(weights[name] * value for name, value in points.items()) / sum(weights.values())
        scores.append(Score(target, points, mean))
    return scores


def _reason(
    workload: Workload, plans: Mapping[Target, Plan], best: Score, others: Sequence[Score]
) -> str:
    chosen = plans[best.target]
    verdict = "meets" if chosen.meets_latency else "misses"
    text = (
        f"{best.mean:.1f} of 5 points: {chosen.monthly:,.2f} USD a month, p95 of "
        f"{chosen.p95_ms:,.0f} ms {verdict} the target of {workload.latency_p95_ms:,.0f} ms"
    )
    rest = ", ".join(
        f"{score.target} {score.mean:.1f} at {plans[score.target].monthly:,.2f} USD"
        for score in others
    )
    return f"{text}; the others: {rest}" if rest else text


def sensitivity(
    workload: Workload, factors: Sequence[float] = (0.1, 1, 10, 100)
) -> dict[float, dict[Target, float]]:
    """The monthly cost of each target at multiples of the traffic, where it can be computed."""
    return {
        factor: _monthly_costs(workload, round(workload.monthly_requests * factor))
        for factor in factors
    }


@lru_cache
def break_even(workload: Workload) -> tuple[Crossing, ...]:
    """Every traffic, up to 10^11 requests a month, at which another target becomes cheaper.

    Costs are step functions, so there may be several for a pair; each is searched for between
    neighbours of a logarithmic grid of eight points a decade, then halved down to one request.
    """
    costs = _curve(workload)
    found = []
    for first, second in itertools.combinations(TARGETS, 2):
        for low, high in itertools.pairwise(range(len(_GRID))):
            if not {first, second} <= costs[low].keys() & costs[high].keys():
                continue
            before = costs[low][first] <= costs[low][second]
            if before != (costs[high][first] <= costs[high][second]):
                below, above = (first, second) if before else (second, first)
                at = _crossing(workload, (first, second), before, _GRID[low], _GRID[high])
                found.append(Crossing(below, above, at))
    return tuple(sorted(found, key=lambda crossing: crossing.monthly_requests))


@lru_cache
def _curve(workload: Workload) -> tuple[dict[Target, float], ...]:
    return tuple(_monthly_costs(workload, requests) for requests in _GRID)


def _crossing(
    workload: Workload, pair: tuple[Target, Target], before: bool, low: int, high: int
) -> int:
    """The first number of requests in (low, high] at which the order of a pair is another."""
    while high - low > 1:
        middle = (low + high) // 2
        one, two = (plan(target, workload.at(middle)).monthly for target in pair)
        low, high = (middle, high) if (one <= two) == before else (low, middle)
    return high


def _monthly_costs(workload: Workload, requests: int) -> dict[Target, float]:
    scaled = workload.at(requests)
    costs: dict[Target, float] = {}
    for target in TARGETS:
        try:
            costs[target] = plan(target, scaled).monthly
        except FinOpsError:
            continue
    return costs


# Documents: all figures as plain data, and as a chart

STALE_MONTHS = 12


def summary(workload: Workload, weights: Mapping[str, float] = WEIGHTS) -> dict[str, Any]:
    """Every figure of a workload as plain data, for documents and for other programs.

    Raises:
        FinOpsError: see `advise`.
    """
    advice = advise(workload, weights)
    weight = sum(weights.values())
    used = {line.item for one in advice.plans.values() for line in one.lines}
    return {
        "workload": workload.model_dump(),
        "mean_rps": workload.mean_rps,
        "peak_rps": workload.peak_rps,
        "plans": {
            target: one._asdict()
            | {
                "lines": [line._asdict() for line in one.lines],
                "sizing": dict(one.sizing),
                "per_million": one.monthly / workload.monthly_requests * 1e6
                if workload.monthly_requests
                else None,
            }
            for target, one in advice.plans.items()
        },
        "refused": dict(advice.refused),
        "scores": {
            score.target: {"points": dict(score.points), "mean": score.mean}
            for score in advice.scores
        },
        "weights": {name: value / weight for name, value in weights.items()},
        "recommended": advice.recommended,
        "reason": advice.reason,
        "crossings": [crossing._asdict() for crossing in break_even(workload)],
        "sensitivity": [
            {
                "factor": factor,
                "monthly_requests": round(workload.monthly_requests * factor),
                "costs": costs,
            }
            for factor, costs in sensitivity(workload).items()
        ],
        "assumptions": [
            {"name": name, "value": value, "meaning": meaning}
            for name, (value, meaning) in ASSUMPTIONS.items()
        ],
        "prices": [
            {"item": item, "unit": price_book().unit(item)}
            | price_book().rate(item, workload.region).model_dump()
            for item in sorted(used)
        ],
        "stale_prices": stale_prices(workload.region, used, newest_price()),
    }


def newest_price() -> str:
    """The month of the newest row, which is when the book was last looked after."""
    return max(rate.as_of for _, item in price_book() for rate in item.regions.values())


def stale_prices(region: str, items: Iterable[str], month: str) -> list[str]:
    """The items whose price is more than a year older than a month (`2026-11`)."""
    return sorted(
        item
        for item in items
        if _months(month) - _months(price_book().rate(item, region).as_of) > STALE_MONTHS
    )


def _months(month: str) -> int:
    year, number = month.split("-")
    return int(year) * 12 + int(number)


_COLOURS: Mapping[Target, str] = {"lambda": "#b45309", "ecs": "#1d4ed8", "k8s": "#047857"}
_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 90, 40, 50  # margins


def chart(workload: Workload) -> str:
    """An SVG of the monthly cost over the traffic, both logarithmic, with the break-evens."""
    decades_x, decades_y = (3, 10), (0, 5)

    def x(requests: float) -> float:
        share = (math.log10(requests) - decades_x[0]) / (decades_x[1] - decades_x[0])
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y(cost: float) -> float:
        share = (math.log10(cost) - decades_y[0]) / (decades_y[1] - decades_y[0])
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    def text(where: tuple[float, float], words: str, attributes: str = "") -> str:
        return f'<text x="{where[0]:.1f}" y="{where[1]:.1f}"{attributes}>{words}</text>'

    body = [text((_LEFT, 22), "Monthly cost by traffic, USD", ' font-weight="600"')]
    for decade in range(decades_x[0], decades_x[1] + 1):
        at = x(10**decade)
        body.append(_grid_line(at, _TOP, at, _HEIGHT - _BOTTOM))
        body.append(text((at, _HEIGHT - 28), _short(10**decade), ' text-anchor="middle"'))
    body.append(
        text(
            ((_WIDTH - _RIGHT + _LEFT) / 2, _HEIGHT - 8),
            "requests a month",
            ' text-anchor="middle"',
        )
    )
    for decade in range(decades_y[0], decades_y[1] + 1):
        at = y(10**decade)
        body.append(_grid_line(_LEFT, at, _WIDTH - _RIGHT, at))
        body.append(text((_LEFT - 8, at + 4), f"{10**decade:,}", ' text-anchor="end"'))
    ends: list[tuple[float, Target]] = []
    for target in TARGETS:
        points = [
            (x(requests), y(costs[target]))
            for requests, costs in zip(_GRID, _curve(workload), strict=True)
            if 10 ** decades_x[0] <= requests <= 10 ** decades_x[1]
            and 1 <= costs.get(target, 0) <= 1e5
        ]
        if points:
            path = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
            body.append(
                f'<polyline points="{path}" stroke="{_COLOURS[target]}" fill="none" '
                'stroke-width="2"/>'
            )
            ends.append((points[-1][1] + 4, target))
    below = 0.0
    for at, target in sorted(ends):  # lines that end together would hide each other's name
        below = max(at, below + 14)
        attributes = f' fill="{_COLOURS[target]}" font-weight="600"'
        body.append(text((_WIDTH - _RIGHT + 6, below), target, attributes))
    for crossing in break_even(workload):
        cost = _monthly_costs(workload, crossing.monthly_requests)[crossing.above]
        if (
            10 ** decades_x[0] <= crossing.monthly_requests <= 10 ** decades_x[1]
            and 1 <= cost <= 1e5
        ):
            at_x, at_y = x(crossing.monthly_requests), y(cost)
            body.append(f'<circle cx="{at_x:.1f}" cy="{at_y:.1f}" r="4" fill="#111827"/>')
            words = f"{_short(crossing.monthly_requests)}: {crossing.above} &lt; {crossing.below}"
            body.append(text((at_x + 6, at_y + 16), words, ' font-size="11"'))
    if 10 ** decades_x[0] <= workload.monthly_requests <= 10 ** decades_x[1]:
        here = x(workload.monthly_requests)
        body.append(
            f'<line x1="{here:.1f}" y1="{_TOP}" x2="{here:.1f}" y2="{_HEIGHT - _BOTTOM}" '
            'stroke="#111827" stroke-dasharray="4 3"/>'
        )
        body.append(text((here + 4, _TOP + 12), "this workload", ' font-size="11"'))
    lines = "\n".join(f"  {line}" for line in body)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#111827">\n'
        f'  <rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>\n{lines}\n</svg>\n'
    )


def _grid_line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#e5e7eb"/>'


def _short(number: float) -> str:
    """1,234,567 as 1.2M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:.3g}{letter}"
    return f"{number:.3g}"


# Copier. A generated project gets the file up to this line: it recomputes, and asks nothing.
_END_OF_MODEL = "\n\n# Copier. A generated project"

from collections.abc import Callable  # noqa: E402
from typing import get_args  # noqa: E402

from copier.errors import UserMessageError  # noqa: E402
from jinja2 import Environment, pass_context  # noqa: E402
from jinja2.ext import Extension  # noqa: E402
from jinja2.runtime import Context  # noqa: E402
from pydantic import ValidationError, create_model  # noqa: E402
from pydantic.fields import FieldInfo  # noqa: E402


class FinOpsExtension(Extension):
    """Holds workload answers to the model's bounds, and answers with prices."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.globals |= {
            "measured": _measured,
            "mismeasured": mismeasured,
            "newest_price": newest_price,
            "target_notes": _target_notes,
            "impossible_targets": _impossible_targets,
            "recommended_target": _recommended_target,
            "recommendation": _recommendation,
            "figures": _figures,
            "cost_chart": _cost_chart,
            "sized": _sized,
            "usage": _usage,
            "cost_model": cost_model,
            "price_list": lambda: _PRICES.read_text(encoding="utf-8"),
        }
        environment.filters |= {
            "usd": _usd,
            "count": lambda number: f"{number:,.0f}",
            "table": table,
        }


def mismeasured(name: str, value: object) -> str:
    """Why `value` is no answer about the workload, and what is one; empty if accepted."""
    field = Workload.model_fields[name]
    answer = create_model("Answer", **{name: (field.annotation, field)})  # type: ignore[call-overload]
    try:
        given = getattr(answer.model_validate({name: str(value)}), name)
    except ValidationError:
        accepted = _accepted(field)
    else:
        if name != "needs_gpu" or not given:
            return ""
        accepted = f"false, as none of {', '.join(TARGETS)} offers a GPU here"
    return f"{name}: {str(value)[:60]!r} is not accepted; accepted: {accepted}"


def _accepted(field: FieldInfo) -> str:
    if field.annotation is bool:
        return "true or false"
    if field.annotation not in {int, float}:
        return ", ".join(get_args(field.annotation))
    kind = "a whole number" if field.annotation is int else "a number"
    bounds = {
        name: getattr(rule, name)
        for rule in field.metadata
        for name in ("gt", "ge", "le")
        if hasattr(rule, name)
    }
    low = f"above {bounds['gt']:,}" if "gt" in bounds else f"from {bounds['ge']:,}"
    return f"{kind} {low} to {bounds['le']:,}"


@pass_context
def _measured(context: Context, name: str) -> bool:
    """Refuse a `--data` answer with a message: a validator's refusal of it ends in a traceback."""
    data = context["_copier_conf"]["data"]
    if name in data and (message := mismeasured(name, data[name])):
        raise UserMessageError(message)
    return True


@lru_cache
def _advice(workload: Workload) -> Advice:
    return advise(workload)


def _workload(context: Context) -> Workload:
    names = set(Workload.model_fields) - {"region", "free_tier"}
    return Workload(region=context["aws_region"], **{name: context[name] for name in names})


@pass_context
def _target_notes(context: Context) -> dict[str, str]:
    """Target -> its monthly cost and latency for the answers given so far."""
    workload = _workload(context)
    advice = _advice(workload)
    notes: dict[str, str] = {
        target: f"{one.monthly:,.2f} USD a month, p95 {one.p95_ms:,.0f} ms "
        + ("meets" if one.meets_latency else f"misses {workload.latency_p95_ms:,.0f} ms: {one.why}")
        for target, one in advice.plans.items()
    }
    return notes | {target: f"no cost: {reason}" for target, reason in advice.refused.items()}


@pass_context
def _impossible_targets(context: Context) -> dict[str, str]:
    """Target -> why it cannot serve the workload, for those that cannot."""
    workload = _workload(context)
    found = {target: exclusion(target, workload) for target in TARGETS}
    return {target: reason for target, reason in found.items() if reason}


@pass_context
def _recommended_target(context: Context) -> str:
    return _advice(_workload(context)).recommended


@pass_context
def _recommendation(context: Context) -> str:
    advice = _advice(_workload(context))
    return f"{advice.recommended} is recommended, with {advice.reason}."


@lru_cache
def _summary(workload: Workload) -> dict[str, Any]:
    figures = summary(workload)
    return figures | {"rows": _rows(figures | {"curve": _linear_curve(workload)})}


@pass_context
def _figures(context: Context) -> dict[str, Any]:
    """Every figure for the answers; documents take their numbers from here and compute none."""
    return _summary(_workload(context))


def _rows(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures as cells of tables."""
    plans, weights = figures["plans"], figures["weights"]
    return {
        "summaries": {target: _in_words(figures, target) for target in TARGETS},
        "worthwhile": {target: _worthwhile(figures, target) for target in TARGETS},
        "targets": [
            [
                f"`{target}`",
                _usd(one["monthly"]),
                "" if one["per_million"] is None else _usd(one["per_million"]),
                f"{one['p95_ms']:,.0f} ms",
                "yes" if one["meets_latency"] else f"no: {one['why']}",
            ]
            for target, one in plans.items()
        ]
        + [
            [f"`{target}`", "", "", "", f"not computed: {why}"]
            for target, why in figures["refused"].items()
        ],
        "sizing": {
            target: "sized as "
            + ", ".join(f"`{name}` {_number(value)}" for name, value in one["sizing"].items())
            for target, one in plans.items()
        }
        | {target: f"not sized: {why}" for target, why in figures["refused"].items()},
        "lines": {
            target: [
                [
                    line["service"],
                    f"`{line['item']}`",
                    f"{line['quantity']:,.4g}",
                    line["unit"],
                    _usd(line["amount"]),
                ]
                for line in one["lines"]
            ]
            + [["**total**", "", "", "", f"**{_usd(one['monthly'])}**"]]
            for target, one in plans.items()
        },
        "columns": [f"{target}:" for target in plans],
        "traffic": [
            [f"{row['monthly_requests']:,}"]
            + [_usd(row["costs"][t]) if t in row["costs"] else "unknown" for t in plans]
            for row in figures["sensitivity"]
        ],
        "curve": figures["curve"],
        "criteria": [f"{name} ({weight:.0%}):" for name, weight in weights.items()],
        "scores": [
            [
                f"`{target}`",
                f"{score['mean']:.2f}",
                *(f"{score['points'][name]:.1f}" for name in weights),
            ]
            for target, score in figures["scores"].items()
        ],
        "assumptions": [
            [f"`{one['name']}`", _number(one["value"]), one["meaning"]]
            for one in figures["assumptions"]
        ],
        "prices": [
            [f"`{price['item']}`", price["unit"], _price(price), price["source"], price["as_of"]]
            for price in figures["prices"]
        ],
    }


def _in_words(figures: Mapping[str, Any], target: Target) -> str:
    if target not in figures["plans"]:
        return f"not known: {figures['refused'][target]}"
    one = figures["plans"][target]
    million = (
        "" if one["per_million"] is None else f", {_usd(one['per_million'])} a million requests"
    )
    return f"{_usd(one['monthly'])} USD a month{million}"


def _worthwhile(figures: Mapping[str, Any], target: Target) -> str:
    """What a unit of cost has to be worth if a model saves one in a hundred decisions."""
    if target not in figures["plans"] or not figures["workload"]["monthly_requests"]:
        return "any number of"
    one = figures["plans"][target]
    return f"{one['monthly'] * 100 / figures['workload']['monthly_requests']:.2g}"


def _linear_curve(workload: Workload) -> dict[str, Any]:
    """Costs at evenly spaced traffic around the first break-even, for a plain line chart."""
    crossings = break_even(workload)
    middle = crossings[0].monthly_requests if crossings else 10 * workload.monthly_requests
    points = [round(max(middle, 8) * step / 4) for step in range(9)]
    costs = [_monthly_costs(workload, requests) for requests in points]
    lines = {
        target: ", ".join(f"{row[target]:.2f}" for row in costs)
        for target in TARGETS
        if all(target in row for row in costs)
    }
    return {
        "labels": ", ".join(f'"{_short(requests)}"' for requests in points),
        "lines": lines,
        "order": ", ".join(f"`{t}`" for t in sorted(lines, key=lambda target: costs[0][target])),
    }


def _price(rate: Mapping[str, Any]) -> str:
    if rate["price"] is not None:
        return f"{rate['price']:.10f}".rstrip("0").rstrip(".")
    tiers = [
        f"{price:.10f}".rstrip("0").rstrip(".") + (f" up to {end:,.0f}" if end else "")
        for end, price in rate["tiers"]
    ]
    return ", then ".join(tiers)


def _number(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if value >= 1000 else f"{round(value, 3):g}"


def _usd(amount: float) -> str:
    return f"{amount:,.2f}"


def table(rows: Sequence[Sequence[str]], *headers: str) -> str:
    """A Markdown table; a column whose header ends with a colon is aligned to the right."""
    titles = [header.removesuffix(":") for header in headers]
    rules = ["---:" if header.endswith(":") else "---" for header in headers]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (titles, rules, *rows))


@pass_context
def _sized(context: Context) -> dict[str, float | str]:
    """What the settings of production take from the workload, in the units of those settings."""
    workload = _workload(context)
    target: Target = context["deploy_target"]
    return _SETTINGS[target](workload, _sizing(target, workload))


def _sizing(target: Target, workload: Workload) -> Mapping[str, Any]:
    try:
        return plan(target, workload).sizing
    except FinOpsError:
        # What has no known price still has a size, and that hardly depends on the region.
        return plan(target, workload.model_copy(update={"region": "us-east-1"})).sizing


def _function_settings(workload: Workload, sizing: Mapping[str, Any]) -> dict[str, float | str]:
    seconds = _function_ms(workload, sizing["memory_mb"]) / 1000
    timeout = min(29, max(10, math.ceil(5 * seconds)))
    return {
        "memory_mb": sizing["memory_mb"],
        "timeout_seconds": timeout,
        "concurrency": max(20, 2 * sizing["peak_concurrency"]),
        "rate": max(100, math.ceil(2 * workload.peak_rps)),
        "burst": max(200, math.ceil(4 * workload.peak_rps)),
        "p99_ms": min(max(2000, math.ceil(2 * workload.latency_p95_ms)), timeout * 1000 - 500),
    }


def _task_settings(workload: Workload, sizing: Mapping[str, Any]) -> dict[str, float | str]:
    per_second = _A["utilisation"] / _service_seconds(workload, sizing["vcpu"])
    return {
        "cpu": round(sizing["vcpu"] * 1024),
        "memory_mb": round(sizing["memory_gb"] * 1024),
        "min_tasks": sizing["tasks"],
        "max_tasks": max(sizing["max_tasks"], 2 * sizing["tasks"]),
        "requests_per_target": max(1, math.floor(60 * per_second)),
        "egress": sizing["egress"],
        "p99_seconds": max(0.5, round(2 * workload.latency_p95_ms / 1000, 1)),
    }


def _pod_settings(workload: Workload, sizing: Mapping[str, Any]) -> dict[str, float | str]:
    return {
        "node_min": sizing["nodes"],
        "node_max": max(sizing["max_nodes"], sizing["nodes"] + 1),
        "pod_cpu": f"{round(sizing['pod_vcpu'] * 1000)}m",
        "pod_memory": f"{workload.memory_mb}Mi",
        "min_pods": sizing["pods"],
        "max_pods": max(12, sizing["max_pods"]),
    }


_SETTINGS: Mapping[Target, Callable[[Workload, Mapping[str, Any]], dict[str, float | str]]] = {
    "lambda": _function_settings,
    "ecs": _task_settings,
    "k8s": _pod_settings,
}


@pass_context
def _usage(context: Context) -> dict[str, float]:
    """A month's traffic in the units of Infracost."""
    workload = _workload(context)
    sizing = _sizing(context["deploy_target"], workload)
    requests = workload.monthly_requests
    logged = _A["log_kb"] + (_A["function_log_kb"] if "memory_mb" in sizing else 0)
    return {
        "requests": requests,
        "milliseconds": math.ceil(_function_ms(workload, sizing.get("memory_mb", MB_PER_VCPU))),
        "response_kb": math.ceil(workload.response_kb),
        "log_gb": round(_gib(requests * logged), 3),
        "control_plane_log_gb": _A["control_plane_logs_gb"],
        "balanced_gb": round(_gib(requests * (workload.response_kb + _A["request_kb"])), 3),
        "connections": round(workload.mean_rps / _A["requests_per_connection"], 3),
        "nodes": sizing.get("nodes", 0),
    }


@pass_context
def _cost_chart(context: Context) -> str:
    return chart(_workload(context))


def cost_model() -> str:
    """The part of this file that a generated project gets."""
    return Path(__file__).read_text(encoding="utf-8").partition(_END_OF_MODEL)[0].rstrip() + "\n"
