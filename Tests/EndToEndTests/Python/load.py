"""A load that outlives its server: load.py URL

Threads log batches, each resent until it is acknowledged, as the mlflow client does. Prints
"half" once half of the batches are acknowledged, so that the caller can kill the server there and
start it again. At the end every point is read back and compared with what was sent:
{"sent", "acknowledged", "lost", "doubled", "strange", "params"} on the last line.
"""
import http.client
import json
import sys
import threading
import time

url = sys.argv[1]
host = url.removeprefix("http://")
THREADS, BATCHES, POINTS = 4, 60, 50
GIVE_UP_S = 120


class Connection(threading.local):
    link = None


local = Connection()


def call(method, path, body=None):
    """Status and body; raises OSError or HTTPException when the server is away."""
    try:
        if local.link is None:
            local.link = http.client.HTTPConnection(host, timeout=20)
        data = None if body is None else json.dumps(body).encode()
        local.link.request(method, "/api/2.0/mlflow" + path, data, {"Content-Type": "application/json"})
        answer = local.link.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        if local.link:
            local.link.close()
        local.link = None
        raise


def must(method, path, body=None):
    """The answer, asked again while the server is away or says it is."""
    deadline = time.monotonic() + GIVE_UP_S
    while True:
        try:
            status, text = call(method, path, body)
            if status == 200:
                return json.loads(text or b"{}")
            if status < 500:
                raise SystemExit(f"{path} -> {status} {text[:300]}")
        except (OSError, http.client.HTTPException):
            pass
        if time.monotonic() > deadline:
            raise SystemExit(f"{path}: the server did not come back")
        time.sleep(0.05)


def new_run(name):
    return must("POST", "/runs/create", {"experiment_id": "0", "run_name": name})["run"]["info"]["run_id"]


acknowledged = 0
lock = threading.Lock()
half = threading.Event()


def work(index, run):
    global acknowledged
    for batch in range(BATCHES):
        metrics = [
            {"key": f"m{p % 5}", "value": index + p / 64, "timestamp": 1_000_000 + batch, "step": batch * POINTS + p}
            for p in range(POINTS)
        ]
        if batch % 2:
            must("POST", "/runs/log-batch", {"run_id": run, "metrics": metrics})
        else:
            for metric in metrics[:5]:
                must("POST", "/runs/log-metric", {"run_id": run, **metric})
            must("POST", "/runs/log-batch", {"run_id": run, "metrics": metrics[5:], "params": [{"key": f"p{batch}", "value": "v"}]})
        with lock:
            acknowledged += 1
            if acknowledged * 2 >= THREADS * BATCHES and not half.is_set():
                half.set()
                print("half", flush=True)


def stored(run, key):
    points, token = [], ""
    while True:
        page = must("GET", f"/metrics/get-history?run_id={run}&metric_key={key}&max_results=700" + (f"&page_token={token}" if token else ""))
        points += [(m["step"], m["timestamp"], m["value"]) for m in page.get("metrics", [])]
        token = page.get("next_page_token", "").replace("=", "%3D").replace("+", "%2B")
        if not token:
            return points


runs = [new_run(f"load {i}") for i in range(THREADS)]
threads = [threading.Thread(target=work, args=(i, run)) for i, run in enumerate(runs)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

result = {"sent": 0, "acknowledged": acknowledged * POINTS, "lost": 0, "doubled": 0, "strange": 0, "params": 0}
for index, run in enumerate(runs):
    for key in range(5):
        expected = {
            (b * POINTS + p, 1_000_000 + b, index + p / 64) for b in range(BATCHES) for p in range(POINTS) if p % 5 == key
        }
        found = stored(run, f"m{key}")
        result["sent"] += len(expected)
        result["lost"] += len(expected - set(found))
        result["doubled"] += len(found) - len(set(found))
        result["strange"] += len(set(found) - expected)
    result["params"] += len(must("GET", f"/runs/get?run_id={run}")["run"]["data"].get("params", []))
print(json.dumps(result), flush=True)
