"""A large artifact goes up and comes down again: stream.py URL PID

The file is made and checked piece by piece, so that only the server could hold it whole. Prints one
JSON line for each case, as cases.py does. PID is the server's.
"""
import hashlib
import http.client
import sys

from cases import run

url, pid = sys.argv[1], int(sys.argv[2])
host = url.removeprefix("http://")
PATH = "/api/2.0/mlflow-artifacts/artifacts/0/large/model.safetensors"
SMALL, LARGE, PIECE = 4 << 20, 192 << 20, 1 << 20


def pieces(count):
    for index in range(count // PIECE):
        yield index.to_bytes(8, "little") * (PIECE // 8)


def peak():
    """The most memory the server ever held at once, in bytes."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM"))


def put(count):
    link = http.client.HTTPConnection(host, timeout=300)
    link.request("PUT", PATH, pieces(count), {"Content-Length": str(count)}, encode_chunked=False)
    answer = link.getresponse()
    assert answer.status == 200, (answer.status, answer.read())
    link.close()


def get(count):
    link = http.client.HTTPConnection(host, timeout=300)
    link.request("GET", PATH)
    answer = link.getresponse()
    assert answer.status == 200 and int(answer.headers["Content-Length"]) == count
    found, expected = hashlib.sha256(), hashlib.sha256()
    while piece := answer.read(PIECE):
        found.update(piece)
    for piece in pieces(count):
        expected.update(piece)
    assert found.digest() == expected.digest()
    link.close()


def a_large_file_streams_up_and_down_in_little_memory(url):
    put(SMALL)
    get(SMALL)
    before = peak()
    put(LARGE)
    get(LARGE)
    grown = peak() - before
    assert grown < LARGE // 4, f"the server grew by {grown >> 20} MiB for a file of {LARGE >> 20}"


def an_upload_without_a_length_streams_too(url):
    link = http.client.HTTPConnection(host, timeout=300)
    link.request("PUT", PATH, pieces(8 << 20), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
    answer = link.getresponse()
    assert answer.status == 200, (answer.status, answer.read())
    link.close()
    get(8 << 20)


run([a_large_file_streams_up_and_down_in_little_memory, an_upload_without_a_length_streams_too], url)
