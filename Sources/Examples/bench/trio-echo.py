"""An echo server on Trio's nurseries, as a measure for echo-server."""
import trio


async def echo(stream):
    try:
        async for chunk in stream:
            await stream.send_all(chunk)
    except trio.BrokenResourceError:
        pass  # A reset is nobody else's concern.


async def main():
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(trio.serve_tcp, echo, 0)
        print("listening on 127.0.0.1:%d" % listeners[0].socket.getsockname()[1], flush=True)


trio.run(main)
