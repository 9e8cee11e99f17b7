"""What notebooks and larger programs do with the unmodified mlflow client: notebook.py URL"""
import os
import pathlib
import sys
import tempfile
import time

url = sys.argv[1]
for name in [n for n in os.environ if n.startswith("MLFLOW_")]:
    del os.environ[name]
os.environ["MLFLOW_TRACKING_URI"] = url
os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "1"
os.environ["MLFLOW_ASYNC_LOGGING_BUFFERING_SECONDS"] = "1"
os.environ["GIT_PYTHON_REFRESH"] = "quiet"
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import mlflow  # noqa: E402
from mlflow.entities import LoggedModelOutput, Metric, Param, ViewType  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402
from mlflow.tracking import MlflowClient  # noqa: E402

from cases import run  # noqa: E402


def fresh(name):
    return MlflowClient().create_experiment(f"{name}-{time.time_ns()}")


def a_buffered_asynchronous_job_loses_and_doubles_nothing(url):
    with mlflow.start_run(experiment_id=fresh("buffered")) as active:
        for step in range(300):
            mlflow.log_metrics({"loss": 1.0 / (step + 1), "lr": 0.1}, step=step, synchronous=False)
        mlflow.flush_async_logging()
    history = MlflowClient().get_metric_history(active.info.run_id, "loss")
    assert sorted((m.step, m.value) for m in history) == [(s, 1.0 / (s + 1)) for s in range(300)]


def a_model_is_logged_with_its_files_and_found_again(url):
    client = MlflowClient()
    experiment = fresh("model")
    id = client.create_run(experiment).info.run_id
    params = {f"p{i}": str(i) for i in range(250)}
    model = client.create_logged_model(experiment, name="net", source_run_id=id, params=params, model_type="pyfunc")
    with tempfile.TemporaryDirectory() as folder:
        base = pathlib.Path(folder)
        (base / "MLmodel").write_text("flavors: {}\n")
        (base / "weights").mkdir()
        (base / "weights" / "w.bin").write_bytes(bytes(1000))
        client.log_model_artifacts(model.model_id, folder)
    client.set_logged_model_tags(model.model_id, {"stage": "candidate"})
    client.log_outputs(id, [LoggedModelOutput(model.model_id, step=12)])
    client.finalize_logged_model(model.model_id, "READY")
    got = client.get_logged_model(model.model_id)
    assert str(got.status) == "READY" and got.name == "net" and got.params == params, got
    assert got.tags["stage"] == "candidate" and got.source_run_id == id
    output = client.get_run(id).outputs.model_outputs[0]
    assert (output.model_id, output.step) == (model.model_id, 12)
    found = client.search_logged_models([experiment], "name = 'net' AND tags.stage = 'candidate'")
    assert [m.model_id for m in found] == [model.model_id]
    # By run and name, as runs:/ addresses name a model.
    with tempfile.TemporaryDirectory() as folder:
        local = mlflow.artifacts.download_artifacts(f"runs:/{id}/net/weights", dst_path=folder)
        assert (pathlib.Path(local) / "w.bin").stat().st_size == 1000
    client.delete_logged_model(model.model_id)
    assert client.search_logged_models([experiment]) == []


def what_is_not_served_is_refused_at_once(url):
    began = time.monotonic()
    try:
        MlflowClient().create_registered_model("registry")
        raise AssertionError("the registry answered")
    except MlflowException as error:
        assert error.error_code == "NOT_IMPLEMENTED" and "Isoloss" in str(error), error
    assert time.monotonic() - began < 30, "the client tried again"


def a_dataset_of_a_run_is_kept_and_searched(url):
    from mlflow.data.http_dataset_source import HTTPDatasetSource
    from mlflow.data.meta_dataset import MetaDataset

    experiment = fresh("dataset")
    with mlflow.start_run(experiment_id=experiment) as active:
        data = MetaDataset(HTTPDatasetSource("https://example.com/six.csv"), name="six")
        mlflow.log_input(data, context="training")
        mlflow.log_input(data, context="training")
    with mlflow.start_run(experiment_id=experiment):
        pass
    kept = mlflow.get_run(active.info.run_id).inputs.dataset_inputs
    assert [(d.dataset.name, d.dataset.digest, d.tags[0].value) for d in kept] == [("six", data.digest, "training")]
    assert "six" not in str(mlflow.get_run(active.info.run_id).data.tags)
    for condition in ("dataset.name = 'six'", "datasets.context = 'training'", f"dataset.digest = '{data.digest}'"):
        found = MlflowClient().search_runs([experiment], condition)
        assert [r.info.run_id for r in found] == [active.info.run_id], condition


def experiments_are_tagged_searched_deleted_and_restored(url):
    client = MlflowClient()
    name = f"whole-{time.time_ns()}"
    mlflow.set_experiment(name)
    mlflow.set_experiment_tags({"team": "a", "budget": "1e20"})
    experiment = client.get_experiment_by_name(name)
    assert experiment.tags == {"team": "a", "budget": "1e20"}
    client.delete_experiment_tag(experiment.experiment_id, "budget")
    run_id = client.create_run(experiment.experiment_id).info.run_id
    found = client.search_experiments(filter_string=f"name = '{name}' AND tags.team = 'a'")
    assert [e.experiment_id for e in found] == [experiment.experiment_id]
    client.delete_experiment(experiment.experiment_id)
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    gone = client.search_experiments(view_type=ViewType.DELETED_ONLY, filter_string=f"name = '{name}'")
    assert [e.experiment_id for e in gone] == [experiment.experiment_id]
    client.restore_experiment(experiment.experiment_id)
    assert client.get_run(run_id).info.lifecycle_stage == "active"
    mlflow.set_experiment(experiment_id="0")


def a_table_of_runs_is_walked_by_pages(url):
    client = MlflowClient()
    experiment = fresh("walk")
    for index in range(25):
        id = client.create_run(experiment, start_time=1000 + index).info.run_id
        client.log_batch(id, [Metric("loss", index / 7, 1, 1)], [Param("seed", str(index))])
    seen, token = [], None
    while True:
        page = client.search_runs([experiment], order_by=["metrics.loss DESC"], max_results=10, page_token=token)
        seen += [r.data.params["seed"] for r in page]
        token = page.token
        if not token:
            break
    assert seen == [str(i) for i in reversed(range(25))], seen
    runs = mlflow.search_runs([experiment], "metrics.loss < 1", output_format="list")
    assert len(runs) == 7


run([
    a_buffered_asynchronous_job_loses_and_doubles_nothing,
    a_model_is_logged_with_its_files_and_found_again,
    what_is_not_served_is_refused_at_once,
    a_dataset_of_a_run_is_kept_and_searched,
    experiments_are_tagged_searched_deleted_and_restored,
    a_table_of_runs_is_walked_by_pages,
], url)
