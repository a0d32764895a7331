"""Measures echo-server beside Trio's and Twisted's, on loopback, and prints a table in Markdown.

    compare.py ECHO-SERVER PYTHON [ROUNDS]

ECHO-SERVER is the release binary; PYTHON has trio and twisted. Each round runs every server once, in turn, so that a busy
machine is busy for all of them; the tables hold medians. Processor time is the server's own, user and system, and so does
not depend on how fast this client is.
"""
import os
import resource
import select
import signal
import socket
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TICKS = os.sysconf("SC_CLK_TCK")
PEERS, MESSAGES, SIZE = 50, 40_000, 64
BULK = 512 << 20
IDLE = (1_000, 10_000)


def servers(binary, python):
    return {
        "echo-server": [binary],
        "echo-server --idle 0": [binary, "--idle", "0"],
        "Trio": [python, os.path.join(HERE, "trio-echo.py")],
        "Twisted": [python, os.path.join(HERE, "twisted-echo.py")],
    }


class Server:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident(self):
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()


def ping_pong(server):
    """Echoes of 64 bytes over 50 connections: processor time per echo in µs, and echoes per second."""
    peers = {connection.fileno(): connection for connection in (server.connect() for _ in range(PEERS))}
    poll = select.epoll()
    for descriptor in peers:
        poll.register(descriptor, select.EPOLLIN)
    message, done = b"x" * SIZE, 0
    before, start = server.seconds(), time.monotonic()
    for connection in peers.values():
        connection.sendall(message)
    while done < MESSAGES:
        for descriptor, _ in poll.poll():
            peers[descriptor].recv(4096)
            done += 1
            peers[descriptor].sendall(message)
    elapsed, used = time.monotonic() - start, server.seconds() - before
    for connection in peers.values():
        connection.recv(4096)  # To close with unread input would reset the connection.
        connection.close()
    return used / done * 1e6, done / elapsed


def bulk(server):
    """512 MiB over one connection: processor time per GB, and MB per second."""
    connection = server.connect()
    connection.setblocking(False)
    chunk, sent, received = bytes(1 << 18), 0, 0
    before, start = server.seconds(), time.monotonic()
    while received < BULK:
        readable, writable, _ = select.select([connection], [connection] if sent < BULK else [], [])
        if writable:
            sent += connection.send(chunk[: BULK - sent])
        if readable:
            received += len(connection.recv(1 << 20))
    elapsed, used = time.monotonic() - start, server.seconds() - before
    connection.close()
    return used / BULK * 1e9, BULK / elapsed / 1e6


def idle(server, count):
    """KiB of resident memory for each of `count` connections that have been echoed one byte and wait."""
    server.connect().close()
    time.sleep(0.2)
    before, connections = server.resident(), []
    for _ in range(count):
        connection = server.connect()
        connection.sendall(b"x")
        connections.append(connection)
    for connection in connections:
        connection.recv(1)
    grown = server.resident() - before
    for connection in connections:
        connection.close()
    return grown / count / 1024


def main():
    binary, python = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    counts = [count for count in IDLE if count + 100 < hard]
    names = ["µs CPU per echo", "echoes/s", "s CPU per GB", "MB/s"] + [f"KiB per idle, {count}" for count in counts]
    results = {}
    for number in range(rounds):
        for name, command in servers(binary, python).items():
            with Server(command) as server:
                row = [*ping_pong(server), *bulk(server)]
            for count in counts:
                with Server(command) as server:
                    row.append(idle(server, count))
            results.setdefault(name, []).append(row)
            print(f"round {number + 1}: {name}: " + ", ".join(f"{value:.4g}" for value in row), file=sys.stderr)
    table("server", names, results)
    first = next(iter(results.values()))
    ratios = {
        name: [[value / base for value, base in zip(row, bases)] for row, bases in zip(rows, first)]
        for name, rows in results.items()
    }
    table("relative to the first, in the same round", names, ratios)


def table(title, names, results):
    print(f"\n| {title} | " + " | ".join(names) + " |")
    print("| --- |" + " ---: |" * len(names))
    for name, rows in results.items():
        print(f"| {name} | " + " | ".join(f"{statistics.median(column):.3g}" for column in zip(*rows)) + " |")


main()
