"""Log noisy curves with a tracker's own Python client to local files, and say what it took.

    clients.py wandb|trackio|aim FOLDER STEPS

Each step logs ten metrics by the client's natural call. Prints one line of JSON: points, seconds of
the loop, seconds until everything was written, CPU seconds, bytes on disk.
"""

import json
import os
import random
import sys
import time


def log_wandb(folder, steps, rows):
    os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true", WANDB_DIR=folder, WANDB_CONSOLE="off")
    import wandb

    run = wandb.init(project="bench", settings=wandb.Settings(x_disable_stats=True))
    begin = time.perf_counter()
    for step in range(steps):
        run.log(rows[step % len(rows)], step=step)
    looped = time.perf_counter()
    run.finish()
    return begin, looped


def log_trackio(folder, steps, rows):
    os.environ["TRACKIO_DIR"] = folder
    import trackio

    trackio.init(project="bench", name="run", embed=False)
    begin = time.perf_counter()
    for step in range(steps):
        trackio.log(dict(rows[step % len(rows)]), step=step)
    looped = time.perf_counter()
    trackio.finish()
    return begin, looped


def log_aim(folder, steps, rows):
    from aim import Run

    run = Run(repo=folder, system_tracking_interval=None, capture_terminal_logs=False, log_system_params=False)
    begin = time.perf_counter()
    for step in range(steps):
        for name, value in rows[step % len(rows)].items():
            run.track(value, name=name, step=step)
    looped = time.perf_counter()
    run.close()
    return begin, looped


def size(folder):
    return sum(os.path.getsize(os.path.join(path, name)) for path, _, names in os.walk(folder) for name in names)


def main():
    kind, folder, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
    source = random.Random(0)
    rows = [
        {f"train/metric_{key}": 2 + 3 * (step + 1) ** -0.3 + source.gauss(0, 0.02) for key in range(10)}
        for step in range(min(steps, 10_000))
    ]
    begin, looped = {"wandb": log_wandb, "trackio": log_trackio, "aim": log_aim}[kind](folder, steps, rows)
    done = time.perf_counter()
    used = os.times()
    cpu = used.user + used.system + used.children_user + used.children_system
    print(json.dumps({"points": steps * 10, "loop": looped - begin, "total": done - begin, "cpu": cpu, "bytes": size(folder)}))


main()
