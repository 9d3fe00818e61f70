"""Ending early: a signal reaches the main thread whatever it is doing, and what was started ends with it."""

from __future__ import annotations

import subprocess
import sys

HEAD = """
import os, pathlib, signal, subprocess, threading, time
from tocsin.interruption import *

handle_signals()

def interrupt():
    os.kill(os.getpid(), signal.SIGTERM)
    for _ in range(1000):
        pass
"""


def _output(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", HEAD + script], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    return done.stdout


def test_a_finalizer_cannot_swallow_a_signal() -> None:
    script = """
class Late:
    def __del__(self):
        interrupt()

try:
    Late()
    time.sleep(500)
except Interrupted as end:
    print("ended by", end.signal)
"""
    assert _output(script) == "ended by 15\n"


def test_what_must_not_be_interrupted_comes_to_its_end_first() -> None:
    script = """
try:
    with hold_signals():
        interrupt()
        interrupt()
        print("done")
    print("never")
except Interrupted as end:
    print("ended by", end.signal)
"""
    assert _output(script) == "done\nended by 15\n"


def test_programs_that_wait_in_threads_are_killed_and_folders_removed() -> None:
    script = """
def start():
    return subprocess.Popen(["sleep", "50"], text=True)

def work():
    process = start_process(start, lambda one: one.kill())
    running.set()
    print("returned", process.wait() != 0)
    try:
        note_end(process)
    except EndedError:
        print("killed")

running = threading.Event()
thread = threading.Thread(target=work)
thread.start()
running.wait()
try:
    with temporary_folder() as folder:
        interrupt()
except Interrupted:
    thread.join()
    print("left", folder.exists())
try:
    start_process(start, lambda one: one.kill())
except EndedError:
    print("not started")
"""
    assert _output(script) == "returned True\nkilled\nleft False\nnot started\n"
