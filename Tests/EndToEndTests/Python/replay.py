"""Replays a recorded request sequence: replay.py URL FILE.jsonl

The recordings in replay/ are what training programs sent through record/record.py: transformers
5.23.0 (Trainer) and Lightning 2.6.6 (MLFlowLogger), both on mlflow-skinny 3.17.2 and PyTorch 2.15.
Ids are written as {experiment} and {run}; a line is {"method", "path", "body"?, "size"?, "status"?,
"expect"?, "keep"?, "parallel"?}. A "size" stands for a file of so many bytes. Lines with one
"parallel" number are sent at once, as the asynchronous client did.
"""
import concurrent.futures
import http.client
import json
import sys
import time

url, recording = sys.argv[1:3]
host = url.removeprefix("http://")
names = {"nonce": str(time.time_ns())}


def fill(value):
    if isinstance(value, str):
        for name, text in names.items():
            value = value.replace("{" + name + "}", text)
        return value
    if isinstance(value, list):
        return [fill(v) for v in value]
    if isinstance(value, dict):
        return {k: fill(v) for k, v in value.items()}
    return value


def send(line):
    connection = http.client.HTTPConnection(host, timeout=60)
    headers = {"User-Agent": "mlflow-python-client/3.17.2", "Accept-Encoding": "gzip, deflate"}
    body = line.get("body")
    if "size" in line:
        data = bytes(line["size"])
    elif body is not None:
        data = json.dumps(fill(body)).encode()
        headers["Content-Type"] = "application/json"
    else:
        data = None
    connection.request(line["method"], fill(line["path"]), data, headers)
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == line.get("status", 200), (line["path"], answer.status, text[:300])
    parsed = json.loads(text) if text.startswith(b"{") else {}
    for path, expected in line.get("expect", {}).items():
        assert look(parsed, path) == fill(expected), (line["path"], path, look(parsed, path))
    for name, path in line.get("keep", {}).items():
        names[name] = look(parsed, path)
    connection.close()


def look(value, path):
    """a.b.0.c; a list of {key, value} is a dictionary; "#" is the length."""
    for part in path.split("/"):
        if part == "#":
            value = len(value)
        elif isinstance(value, list) and not part.isdigit():
            value = {entry["key"]: entry["value"] for entry in value}[part]
        elif isinstance(value, list):
            value = value[int(part)]
        else:
            value = value[part]
    return value


with open(recording) as file:
    lines = [json.loads(text) for text in file if text.strip()]
sent = 0
while lines:
    group = [lines.pop(0)]
    while group[0].get("parallel") and lines and lines[0].get("parallel") == group[0]["parallel"]:
        group.append(lines.pop(0))
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        list(pool.map(send, group))
    sent += len(group)
print(json.dumps({"sent": sent}))
