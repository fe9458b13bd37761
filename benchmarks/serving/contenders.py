"""Who is measured: how each one is started, asked and read.

A peer runs as its documentation deploys it, with the metrics and logs that it has by default, as
the generated service runs with its own; only the number of workers is brought down to one.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from ..project import Project, Reference, run
from ..server import free_port
from .environments import installed, on_path, peer_environment

RUNTIMES = Path(__file__).with_name("runtimes")


class Contender(ABC):
    """A server with the champion inside.

    Attributes of a class: `name`, the `title` in the table, the `path` that predictions are
    posted to.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    path: ClassVar[str]

    def __init__(self, project: Project, binaries: Path, scratch: Path) -> None:
        """Args:
        project: it has a champion.
        binaries: `bin` of an environment that has the project installed.
        scratch: an empty folder for the contender's files.
        """
        self.project = project
        self.binaries = binaries
        self.scratch = scratch

    @property
    def cwd(self) -> Path:
        """The folder that the server is started in."""
        return self.scratch

    def prepare(self, cache: Path, python: str) -> str:
        """Install what is missing, which is not measured.

        Returns:
            The version installed, for the report.
        """
        return ""

    @abstractmethod
    def command(self, port: int) -> list[str]:
        """What starts the server."""

    @abstractmethod
    def request(self, reference: Reference) -> Any:
        """The reference row in the server's own form."""

    @abstractmethod
    def score(self, answer: Any) -> float | None:
        """The score in an answer; None where there is none."""

    def environment(self, port: int) -> Mapping[str, str]:
        """Variables that the server is started with."""
        return {**on_path(self.binaries), "OMP_NUM_THREADS": "1", "PYTHONPATH": str(RUNTIMES)}


class Service(Contender):
    """The generated project's service, all its extras on, as the image has it."""

    name = "service"
    title = "generated service"
    path = "/v1/predict"

    @property
    def cwd(self) -> Path:
        """The project, where its settings and models are."""
        return self.project.root

    def command(self, port: int) -> list[str]:
        """`python -m <package> serve`."""
        return [str(self.binaries / "python"), "-m", self.project.package, "serve"]

    def environment(self, port: int) -> Mapping[str, str]:
        """The port; everything else as the project sets it."""
        return {"OMP_NUM_THREADS": "1", "APP_SERVING__PORT": str(port)}

    def request(self, reference: Reference) -> Any:
        """The record with its names and labels: this server alone validates and encodes it."""
        return reference.row

    def score(self, answer: Any) -> float | None:
        """The probability."""
        return float(answer["probability"])


class Bare(Service):
    """The ceiling, in the same environment as the service and so on the same uvicorn."""

    name = "bare"
    title = "bare ASGI app"
    path = "/"

    def command(self, port: int) -> list[str]:
        """A script of its own."""
        return [str(self.binaries / "python"), str(RUNTIMES / "bare.py"), "--port", str(port)]

    def score(self, answer: Any) -> float | None:
        """It has no model."""
        return None


class Peer(Contender):
    """A server with an environment of its own."""

    def prepare(self, cache: Path, python: str) -> str:
        """Install the pinned requirements."""
        self.binaries = peer_environment(self.name, cache, python)
        return installed(self.binaries, self.name)


class MLServer(Peer):
    """MLServer with a custom runtime, in its only process: no pool of workers behind it."""

    name = "mlserver"
    title = "MLServer"
    path = "/v2/models/champion/infer"

    def command(self, port: int) -> list[str]:
        """Its settings are files."""
        settings = {
            "debug": False,
            "host": "127.0.0.1",
            "http_port": port,
            "grpc_port": free_port(),
            "metrics_port": free_port(),
            "parallel_workers": 0,
        }
        model = {
            "name": "champion",
            "implementation": "mlserver_runtime.OnnxRuntime",
            "parameters": {"uri": str(self.project.model)},
        }
        for name, content in (("settings.json", settings), ("model-settings.json", model)):
            (self.scratch / name).write_text(json.dumps(content), encoding="utf-8")
        return [str(self.binaries / "mlserver"), "start", str(self.scratch)]

    def request(self, reference: Reference) -> Any:
        """A tensor of the V2 inference protocol."""
        tensor = {
            "name": "features",
            "shape": [1, len(reference.vector)],
            "datatype": "FP32",
            "data": reference.vector,
        }
        return {"inputs": [tensor]}

    def score(self, answer: Any) -> float | None:
        """The only element of the output tensor."""
        return float(answer["outputs"][0]["data"][0])


class LitServe(Peer):
    """LitServe; its server and its worker are always two processes."""

    name = "litserve"
    title = "LitServe"
    path = "/predict"

    def command(self, port: int) -> list[str]:
        """A script, as its documentation has it."""
        script = str(RUNTIMES / "litserve_server.py")
        options = ["--port", str(port), "--model", str(self.project.model)]
        return [str(self.binaries / "python"), script, *options]

    def request(self, reference: Reference) -> Any:
        """The vector."""
        return {"features": reference.vector}

    def score(self, answer: Any) -> float | None:
        """As its `encode_response` has it."""
        return float(answer["score"])


class BentoML(Peer):
    """BentoML, one worker."""

    name = "bentoml"
    title = "BentoML"
    path = "/predict"

    def command(self, port: int) -> list[str]:
        """`bentoml serve`."""
        serve = [str(self.binaries / "bentoml"), "serve", "bentoml_service:Scorer"]
        return [*serve, "--working-dir", str(RUNTIMES), "--host", "127.0.0.1", "--port", str(port)]

    def environment(self, port: int) -> Mapping[str, str]:
        """Its home in the scratch folder, and no usage statistics."""
        return {
            **super().environment(port),
            "BENCHMARK_MODEL": str(self.project.model),
            "BENTOML_DO_NOT_TRACK": "True",
            "BENTOML_HOME": str(self.scratch / "home"),
        }

    def request(self, reference: Reference) -> Any:
        """The matrix under the name of the parameter."""
        return {"features": [reference.vector]}

    def score(self, answer: Any) -> float | None:
        """The matrix that the model gave."""
        return float(answer[0][0])


class MLflow(Peer):
    """`mlflow models serve` with MLflow's own ONNX flavour."""

    name = "mlflow"
    title = "mlflow models serve"
    path = "/invocations"

    def prepare(self, cache: Path, python: str) -> str:
        """Install, and save the model in MLflow's format."""
        version = super().prepare(cache, python)
        script = [str(self.binaries / "python"), str(RUNTIMES / "mlflow_model.py")]
        options = ["--model", str(self.project.model), "--output", str(self.scratch / "model")]
        run([*script, *options], cwd=self.scratch, MLFLOW_DISABLE_TELEMETRY="true")
        return version

    def command(self, port: int) -> list[str]:
        """The command line, in the environment that is there."""
        serve = [str(self.binaries / "mlflow"), "models", "serve", "--env-manager", "local"]
        return [*serve, "--model-uri", "model", "--host", "127.0.0.1", "--port", str(port)]

    def environment(self, port: int) -> Mapping[str, str]:
        """No usage statistics."""
        return {**super().environment(port), "MLFLOW_DISABLE_TELEMETRY": "true"}

    def request(self, reference: Reference) -> Any:
        """The matrix in the form for tensors."""
        return {"inputs": [reference.vector]}

    def score(self, answer: Any) -> float | None:
        """The output by its name in the graph."""
        return float(answer["predictions"]["score"][0][0])


CONTENDERS: tuple[type[Contender], ...] = (Bare, Service, MLServer, LitServe, BentoML, MLflow)
