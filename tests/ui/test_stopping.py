import asyncio

from ui.stopping import until


async def steps(done, pause):
    """1, then 2 after a pause; says in `done` how it ended."""
    try:
        yield 1
        await pause.wait()
        yield 2
        done.append("made")
    finally:
        done.append("closed")


def test_without_a_stop_everything_is_given():
    async def run():
        done, pause = [], asyncio.Event()
        pause.set()
        return [step async for step in until(asyncio.Event(), steps(done, pause))], done

    assert asyncio.run(run()) == ([1, 2], ["made", "closed"])


def test_a_stop_ends_the_step_that_is_being_made():
    async def run():
        done, given, stopped = [], [], asyncio.Event()
        async for step in until(stopped, steps(done, asyncio.Event())):
            given.append(step)
            asyncio.get_running_loop().call_later(0.01, stopped.set)
        return given, done

    assert asyncio.run(run()) == ([1], ["closed"])


def test_who_reads_no_further_ends_it_too():
    async def run():
        done = []
        given = until(asyncio.Event(), steps(done, asyncio.Event()))
        assert await anext(given) == 1
        await given.aclose()
        return done

    assert asyncio.run(run()) == ["closed"]
