"""Drives the unmodified mlflow client: client.py URL"""
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time

url = sys.argv[1]
for name in [n for n in os.environ if n.startswith("MLFLOW_")]:
    del os.environ[name]
os.environ["MLFLOW_TRACKING_URI"] = url
os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "1"
os.environ["GIT_PYTHON_REFRESH"] = "quiet"
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import mlflow  # noqa: E402
from mlflow.entities import Metric, Param, RunTag  # noqa: E402
from mlflow.exceptions import MlflowException, RestException  # noqa: E402
from mlflow.tracking import MlflowClient  # noqa: E402

from cases import run  # noqa: E402


def refused(code, call, *arguments, **named):
    try:
        call(*arguments, **named)
    except MlflowException as error:
        assert error.error_code == code, (error.error_code, str(error))
        return str(error)
    raise AssertionError(f"{call} was not refused")


def fresh(name):
    return MlflowClient().create_experiment(f"{name}-{time.time_ns()}")


def a_script_that_names_nothing_lands_in_experiment_0(url):
    with mlflow.start_run() as active:
        mlflow.log_metric("loss", 1.5)
    got = mlflow.get_run(active.info.run_id)
    assert got.info.experiment_id == "0", got.info
    assert got.info.status == "FINISHED"
    assert got.info.run_name and got.data.tags["mlflow.runName"] == got.info.run_name
    assert got.data.metrics == {"loss": 1.5}
    default = MlflowClient().get_experiment("0")
    assert default.name == "Default" and default.lifecycle_stage == "active"


def an_experiment_is_made_once_and_found_by_name(url):
    name = f"sweep {time.time_ns()}/ü"
    assert MlflowClient().get_experiment_by_name(name) is None
    made = mlflow.set_experiment(name)
    assert mlflow.set_experiment(name).experiment_id == made.experiment_id
    found = MlflowClient().get_experiment_by_name(name)
    assert found.name == name and found.experiment_id.isdigit()
    assert found.artifact_location == f"mlflow-artifacts:/{found.experiment_id}"
    refused("RESOURCE_ALREADY_EXISTS", MlflowClient().create_experiment, name)
    refused("RESOURCE_DOES_NOT_EXIST", MlflowClient().get_experiment, "987654321")
    mlflow.set_experiment(experiment_id="0")


def a_run_keeps_params_metrics_and_tags(url):
    with mlflow.start_run(run_name="first", experiment_id=fresh("keep"), tags={"team": "a"}, description="words") as active:
        mlflow.log_param("lr", 0.001)
        mlflow.log_params({"width": 256, "note": "", "name with space": "x", "d/e.f-g:h": "é"})
        for step in range(5):
            mlflow.log_metric("loss", 5.0 - step, step=step)
        mlflow.log_metrics({"eval/loss": 2.25, "acc": 0.5}, step=4)
        mlflow.set_tag("stage", "one")
        mlflow.set_tag("stage", "two")
        mlflow.set_tags({"empty": "", "long": "x" * 9000})
    got = mlflow.get_run(active.info.run_id)
    assert got.data.params == {"lr": "0.001", "width": "256", "note": "", "name with space": "x", "d/e.f-g:h": "é"}, got.data.params
    assert got.data.metrics == {"loss": 1.0, "eval/loss": 2.25, "acc": 0.5}
    assert got.data.tags["stage"] == "two" and got.data.tags["empty"] == "" and got.data.tags["team"] == "a"
    assert got.data.tags["mlflow.note.content"] == "words"
    assert len(got.data.tags["long"]) == 8000
    assert got.info.run_name == "first" and got.info.end_time >= got.info.start_time > 1.6e12
    history = MlflowClient().get_metric_history(active.info.run_id, "loss")
    assert [(m.step, m.value) for m in history] == [(s, 5.0 - s) for s in range(5)]
    assert MlflowClient().get_metric_history(active.info.run_id, "no such metric") == []


def values_that_json_lacks_survive(url):
    client = MlflowClient()
    id = client.create_run(fresh("nan")).info.run_id
    values = [math.nan, math.inf, -math.inf, 1e308, -0.0, 5e-324, 0.1, 123456789.123456789]
    for step, value in enumerate(values):
        client.log_metric(id, "x", value, timestamp=1000 + step, step=step)
    got = [m.value for m in sorted(client.get_metric_history(id, "x"), key=lambda m: m.step)]
    assert len(got) == len(values), got
    for expected, value in zip(values, got):
        assert (math.isnan(expected) and math.isnan(value)) or (expected == value and math.copysign(1, expected) == math.copysign(1, value)), (expected, value)
    client.log_metric(id, "last", math.nan, timestamp=1, step=1)
    assert math.isnan(client.get_run(id).data.metrics["last"])


def asynchronous_logging_loses_and_doubles_nothing(url):
    with mlflow.start_run(experiment_id=fresh("async")) as active:
        for step in range(200):
            mlflow.log_metric("loss", float(step), step=step, synchronous=False)
            if step % 50 == 0:
                mlflow.log_params({f"p{step}": step}, synchronous=False)
        mlflow.set_tags({"late": "yes"}, synchronous=False)
        mlflow.flush_async_logging()
    client = MlflowClient()
    history = client.get_metric_history(active.info.run_id, "loss")
    assert sorted((m.step, m.value) for m in history) == [(s, float(s)) for s in range(200)]
    got = client.get_run(active.info.run_id)
    assert got.data.metrics["loss"] == 199.0, "the latest is by step, not by arrival"
    assert got.data.params == {f"p{s}": str(s) for s in (0, 50, 100, 150)}
    assert got.data.tags["late"] == "yes"


def points_may_come_out_of_order(url):
    client = MlflowClient()
    id = client.create_run(fresh("order")).info.run_id
    for step in (3, 2, 5, 4, 1):
        client.log_metric(id, "loss", step / 10, timestamp=10_000 + step, step=step)
    client.log_metric(id, "loss", 99.0, timestamp=20_000, step=0)
    assert client.get_run(id).data.metrics["loss"] == 0.5
    history = client.get_metric_history(id, "loss")
    assert [m.step for m in history] == [1, 2, 3, 4, 5, 0], "history is by time, step, value"


def the_same_point_again_changes_nothing(url):
    client = MlflowClient()
    id = client.create_run(fresh("again")).info.run_id
    batch = [Metric("loss", 1.0 / (s + 1), 5_000 + s, s) for s in range(20)]
    for _ in range(3):
        client.log_batch(id, metrics=batch, params=[Param("a", "1")], tags=[RunTag("t", "v")])
    client.log_batch(id, metrics=batch[5:8] + batch[5:8])
    assert len(client.get_metric_history(id, "loss")) == 20
    client.log_batch(id, metrics=[Metric("loss", 7.0, 5_000, 0), Metric("loss", 1.0, 5_001, 0)])
    assert len(client.get_metric_history(id, "loss")) == 22, "another value or time is another point"


def more_than_a_batch_is_split_by_the_client(url):
    with mlflow.start_run(experiment_id=fresh("many")) as active:
        mlflow.log_metrics({f"m{i:04d}": float(i) for i in range(1500)}, step=1)
        mlflow.log_params({f"p{i:03d}": i for i in range(250)})
    got = mlflow.get_run(active.info.run_id)
    assert len(got.data.metrics) == 1500 and got.data.metrics["m1499"] == 1499.0
    assert len(got.data.params) == 250


def history_is_walked_by_pages(url):
    client = MlflowClient()
    id = client.create_run(fresh("pages")).info.run_id
    for start in range(0, 30_000, 1000):
        client.log_batch(id, metrics=[Metric("x", float(s), s, s) for s in range(start, start + 1000)])
    history = client.get_metric_history(id, "x")
    assert [m.step for m in history] == list(range(30_000)), len(history)


def a_changed_param_is_refused_with_the_hint(url):
    client = MlflowClient()
    id = client.create_run(fresh("param")).info.run_id
    client.log_param(id, "lr", "1.0")
    client.log_param(id, "lr", "1.0")
    message = refused("INVALID_PARAMETER_VALUE", client.log_param, id, "lr", "2.0")
    assert "Changing param values is not allowed. Param with key='lr' was already logged with value='1.0'" in message, message
    assert "The cause of this error is typically due to repeated calls" in message, message
    refused("INVALID_PARAMETER_VALUE", client.log_batch, id, params=[Param("lr", "3"), Param("new", "1")], metrics=[Metric("x", 1.0, 1, 1)])
    got = client.get_run(id)
    assert got.data.params == {"lr": "1.0"} and got.data.metrics == {}, "a refused batch stores nothing"


def names_mlflow_refuses_are_refused_by_the_server(url):
    import requests
    client = MlflowClient()
    id = client.create_run(fresh("names")).info.run_id
    for key in ("acc@1", "p(x)", "a//b", "../x", "", "k" * 251):
        body = {"run_id": id, "key": key, "value": 1, "timestamp": 1}
        answer = requests.post(f"{url}/api/2.0/mlflow/runs/log-metric", json=body)
        assert answer.status_code == 400 and answer.json()["error_code"] == "INVALID_PARAMETER_VALUE", (key, answer.text)
    for body in (b"{", b"[]", b"null", b"\xff", b'{"run_id": 5}', b"{}"):
        answer = requests.post(f"{url}/api/2.0/mlflow/runs/log-batch", data=body)
        assert answer.status_code == 400 and "error_code" in answer.json(), (body, answer.text)
    assert requests.post(f"{url}/api/2.0/mlflow/runs/log-batch", json={"run_id": "0" * 32}).status_code == 404
    assert requests.get(f"{url}/api/2.0/mlflow/no/such").json()["error_code"] in ("ENDPOINT_NOT_FOUND", "NOT_IMPLEMENTED")
    assert requests.get(f"{url}/ajax-api/2.0/mlflow/runs/get", params={"run_id": id}).status_code == 200


def artifacts_go_up_and_come_down(url):
    with mlflow.start_run(experiment_id=fresh("files")) as active, tempfile.TemporaryDirectory() as folder:
        base = pathlib.Path(folder)
        (base / "cfg.json").write_text('{"a": 1}')
        (base / "deep" / "er").mkdir(parents=True)
        (base / "deep" / "er" / "a b=c+d é.bin").write_bytes(bytes(range(256)) * 5000)
        (base / "deep" / "empty").write_bytes(b"")
        mlflow.log_artifact(str(base / "cfg.json"))
        mlflow.log_artifacts(str(base / "deep"), artifact_path="deep")
        mlflow.log_text("hello", "notes/hello.txt")
        mlflow.log_text("again", "notes/hello.txt")
        mlflow.log_dict({"k": [1, 2]}, "d.json")
    client = MlflowClient()
    id = active.info.run_id
    assert active.info.artifact_uri.startswith("mlflow-artifacts:/")
    assert {(f.path, f.is_dir) for f in client.list_artifacts(id)} == {("cfg.json", False), ("d.json", False), ("deep", True), ("notes", True)}
    listed = client.list_artifacts(id, "deep/er")
    assert [(f.path, f.file_size) for f in listed] == [("deep/er/a b=c+d é.bin", 1_280_000)], listed
    assert client.list_artifacts(id, "cfg.json") == []
    with tempfile.TemporaryDirectory() as folder:
        local = client.download_artifacts(id, "deep/er/a b=c+d é.bin", folder)
        assert pathlib.Path(local).read_bytes() == bytes(range(256)) * 5000
        whole = mlflow.artifacts.download_artifacts(run_id=id, dst_path=folder)
        assert (pathlib.Path(whole) / "deep" / "empty").read_bytes() == b""
    assert mlflow.artifacts.load_text(f"runs:/{id}/notes/hello.txt") == "again"


def paths_that_leave_the_folder_are_refused(url):
    import http.client
    host = url.removeprefix("http://")
    for path in ("../x", "%2e%2e/x", "a/%2e%2e/%2e%2e/x", "%2Fetc%2Fpasswd", "a%00b", "a%5C..%5Cb", "a//b", ""):
        for method, body in (("PUT", b"x"), ("GET", None), ("DELETE", None)):
            if path == "" and method == "GET":
                continue  # the list of the folder
            connection = http.client.HTTPConnection(host)
            connection.request(method, f"/api/2.0/mlflow-artifacts/artifacts/{path}", body)
            answer = connection.getresponse()
            text = answer.read()
            assert 400 <= answer.status < 500, (method, path, answer.status, text)
            assert b"root:" not in text
            connection.close()


def a_run_is_resumed_and_renamed(url):
    mlflow.set_experiment(experiment_id=fresh("resume"))
    with mlflow.start_run(run_name="before") as active:
        mlflow.log_metric("loss", 2.0, step=1)
    id = active.info.run_id
    with mlflow.start_run(run_id=id):
        assert mlflow.get_run(id).info.status == "RUNNING"
        mlflow.log_metric("loss", 1.0, step=2)
    mlflow.set_experiment(experiment_id="0")
    client = MlflowClient()
    assert client.get_run(id).info.status == "FINISHED"
    assert len(client.get_metric_history(id, "loss")) == 2
    client.update_run(id, name="after")
    assert client.get_run(id).data.tags["mlflow.runName"] == "after"
    client.set_tag(id, "mlflow.runName", "third")
    assert client.get_run(id).info.run_name == "third"
    client.set_terminated(id, "FAILED", 1234567890123)
    got = client.get_run(id).info
    assert got.status == "FAILED" and got.end_time == 1234567890123


def runs_nest(url):
    with mlflow.start_run(experiment_id=fresh("nest")) as parent:
        with mlflow.start_run(nested=True) as child:
            mlflow.log_metric("loss", 1.0)
    got = mlflow.get_run(child.info.run_id)
    assert got.data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert MlflowClient().get_parent_run(child.info.run_id).info.run_id == parent.info.run_id


def a_failed_script_leaves_a_failed_run(url):
    script = "import mlflow\nwith mlflow.start_run():\n    mlflow.log_metric('loss', 1)\n    raise ValueError('boom')\n"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 1 and "boom" in done.stderr
    runs = MlflowClient().search_runs(["0"], order_by=["attributes.start_time DESC"], max_results=1)
    assert runs[0].info.status == "FAILED", runs[0].info


def deleting_is_soft(url):
    client = MlflowClient()
    experiment = fresh("delete")
    id = client.create_run(experiment).info.run_id
    client.set_tag(id, "t", "v")
    client.delete_tag(id, "t")
    refused("RESOURCE_DOES_NOT_EXIST", client.delete_tag, id, "t")
    client.delete_run(id)
    assert client.get_run(id).info.lifecycle_stage == "deleted"
    message = refused("INVALID_PARAMETER_VALUE", client.set_tag, id, "t", "v")
    assert "must be in the 'active' state" in message
    refused("INVALID_PARAMETER_VALUE", client.log_metric, id, "x", 1.0)
    client.restore_run(id)
    client.log_metric(id, "x", 1.0)
    name = client.get_experiment(experiment).name
    client.delete_experiment(experiment)
    assert client.get_experiment_by_name(name).lifecycle_stage == "deleted"
    refused("RESOURCE_ALREADY_EXISTS", client.create_experiment, name)
    refused("INVALID_PARAMETER_VALUE", client.create_run, experiment)
    client.restore_experiment(experiment)
    client.rename_experiment(experiment, name + " renamed")
    client.set_experiment_tag(experiment, "team", "x")
    got = client.get_experiment(experiment)
    assert got.name == name + " renamed" and got.tags["team"] == "x"


def searches_filter_sort_and_page(url):
    client = MlflowClient()
    experiment = fresh("search")
    ids = []
    for i in range(7):
        run_ = client.create_run(experiment, start_time=1_000_000 + i, run_name=f"run {i}")
        ids.append(run_.info.run_id)
        client.log_batch(ids[-1], metrics=[Metric("loss", 5.0 - i if i != 3 else math.nan, 1, 1)], params=[Param("lr", f"0.{i}"), Param("opt", "adam" if i % 2 else "sgd")], tags=[RunTag("team x", str(i))])
    names = lambda found: [r.info.run_name for r in found]  # noqa: E731
    assert names(client.search_runs([experiment])) == [f"run {i}" for i in (6, 5, 4, 3, 2, 1, 0)]
    assert names(client.search_runs([experiment], "metrics.loss < 2.5 and params.opt = 'adam'")) == ["run 5"]
    assert names(client.search_runs([experiment], "tags.`team x` LIKE '%' and attributes.run_name != 'run 0'", order_by=["metrics.loss ASC"], max_results=3)) == ["run 6", "run 5", "run 4"]
    assert names(client.search_runs([experiment], order_by=["metrics.loss DESC"]))[-1] == "run 3", "NaN is last"
    for order in ([], ["params.lr DESC"]):
        token, seen = None, []
        while True:
            page = client.search_runs([experiment], order_by=order, max_results=3, page_token=token)
            seen += names(page)
            token = page.token
            if not token:
                break
        assert len(seen) == 7 and len(set(seen)) == 7, seen
    assert client.search_runs([experiment], max_results=7).token in (None, "")
    client.delete_run(ids[0])
    assert len(client.search_runs([experiment])) == 6
    from mlflow.entities import ViewType
    assert names(client.search_runs([experiment], run_view_type=ViewType.DELETED_ONLY)) == ["run 0"]
    refused("INVALID_PARAMETER_VALUE", client.search_runs, [experiment], "metrics.loss < 1 OR metrics.loss > 2")
    refused("INVALID_PARAMETER_VALUE", client.search_runs, [experiment], page_token="bad")
    found = client.search_experiments(filter_string="name LIKE 'search-%'", max_results=5)
    assert experiment in [e.experiment_id for e in found]


def datasets_are_kept(url):
    from mlflow.entities import Dataset, DatasetInput, InputTag
    client = MlflowClient()
    id = client.create_run(fresh("data")).info.run_id
    data = Dataset(name="tiny", digest="abc123", source_type="local", source='{"uri": "x"}', schema="s" * 20_000)
    client.log_inputs(id, [DatasetInput(data, [InputTag("mlflow.data.context", "train")])])
    got = client.get_run(id)
    kept = got.inputs.dataset_inputs[0]
    assert kept.dataset.name == "tiny" and kept.dataset.digest == "abc123" and kept.tags[0].value == "train"
    assert not [t for t in got.data.tags if "dataset" in t]


run([
    searches_filter_sort_and_page,
    datasets_are_kept,
    a_script_that_names_nothing_lands_in_experiment_0,
    an_experiment_is_made_once_and_found_by_name,
    a_run_keeps_params_metrics_and_tags,
    values_that_json_lacks_survive,
    asynchronous_logging_loses_and_doubles_nothing,
    points_may_come_out_of_order,
    the_same_point_again_changes_nothing,
    more_than_a_batch_is_split_by_the_client,
    history_is_walked_by_pages,
    a_changed_param_is_refused_with_the_hint,
    names_mlflow_refuses_are_refused_by_the_server,
    artifacts_go_up_and_come_down,
    paths_that_leave_the_folder_are_refused,
    a_run_is_resumed_and_renamed,
    runs_nest,
    a_failed_script_leaves_a_failed_run,
    deleting_is_soft,
], url)
