"""Runs named cases against a server and prints one JSON line for each: {"case", "error"}."""
import json
import sys
import traceback


def run(cases, url):
    failed = 0
    for case in cases:
        error = None
        try:
            case(url)
        except BaseException:
            error = traceback.format_exc(limit=6)
            failed += 1
        print(json.dumps({"case": case.__name__, "error": error}), flush=True)
    sys.exit(1 if failed else 0)
