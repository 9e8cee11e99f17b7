"""Records what a training job sends: record.py SERVER_URL OUT.jsonl -- COMMAND...

Stands between an MLflow client and a server, and writes each request as a line that replay.py
understands: ids of experiment and run as {experiment} and {run}, names made unique by {nonce},
times and other bodies as they were, files by their size alone. Requests that overlapped in time
share a "parallel" number. The last line asks for the run and expects what this server answered.
"""
import collections
import http.client
import http.server
import json
import os
import subprocess
import sys
import threading
import time

server, target, command = sys.argv[1].removeprefix("http://"), sys.argv[2], sys.argv[4:]
exchanges = []
lock = threading.Lock()


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = self.chunks()
        began = time.monotonic()
        connection = http.client.HTTPConnection(server, timeout=60)
        kept = ("content-type", "accept", "user-agent")
        headers = {k: v for k, v in self.headers.items() if k.lower() in kept}
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        text = answer.read()
        with lock:
            exchanges.append((began, time.monotonic(), self.command, self.path, body, answer.status, text))
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers.get("Content-Type") or "text/plain")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def chunks(self):
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = forward

    def log_message(self, *_):
        pass


proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
threading.Thread(target=proxy.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{proxy.server_port}"
subprocess.run(command, env={**os.environ, "MLFLOW_TRACKING_URI": url}, check=True)
proxy.shutdown()

exchanges.sort(key=lambda e: e[0])
names, lines, run, open_until, group = {}, [], None, 0.0, 0


def general(text):
    for known, name in names.items():
        text = text.replace(known, name)
    return text


for began, ended, method, path, body, status, answer in exchanges:
    line = {"method": method}
    if path.endswith("/experiments/create"):
        names[json.loads(body)["name"]] = json.loads(body)["name"] + "-{nonce}"
    if "/experiments/get-by-name?" in path:
        line["path"] = general(path) + "-{nonce}" * ("{nonce}" not in general(path))
    else:
        line["path"] = general(path)
    if body and method == "PUT":
        line["size"] = len(body)
    elif body:
        line["body"] = json.loads(general(body.decode()))
    if status != 200:
        line["status"] = status
    if path.endswith("/experiments/create"):
        identifier = json.loads(answer)["experiment_id"]
        line["keep"] = {"experiment": "experiment_id"}
        names[f'"{identifier}"'] = '"{experiment}"'
        names[f"experiment_id={identifier}"] = "experiment_id={experiment}"
        names[f"/artifacts/{identifier}/"] = "/artifacts/{experiment}/"
        names[f"path={identifier}%2F"] = "path={experiment}%2F"
        names[f"path={identifier}/"] = "path={experiment}/"
    if path.endswith("/runs/create"):
        run = json.loads(answer)["run"]["info"]["run_id"]
        line["keep"] = {"run": "run/info/run_id"}
        names[run] = "{run}"
    group += began >= open_until
    open_until = max(open_until, ended)
    line["parallel"] = group
    lines.append(line)

sizes = collections.Counter(line["parallel"] for line in lines)
for line in lines:
    if sizes[line["parallel"]] == 1:
        del line["parallel"]
connection = http.client.HTTPConnection(server)
connection.request("GET", f"/api/2.0/mlflow/runs/get?run_id={run}")
data = json.loads(connection.getresponse().read())["run"]["data"]
check = {"method": "GET", "path": "/api/2.0/mlflow/runs/get?run_id={run}"}
check["expect"] = {"run/data/params/#": len(data["params"])}
for metric in data["metrics"]:
    if "/" not in metric["key"]:
        check["expect"]["run/data/metrics/" + metric["key"]] = metric["value"]
lines.append(check)
with open(target, "w") as out:
    for line in lines:
        out.write(json.dumps(line, separators=(",", ":")) + "\n")
print(f"{len(lines)} requests")
