"""Admission of work: how many at a time, how long others wait, and that places come back."""

import asyncio
import threading
import time

import pytest

from rag.errors import Overloaded
from rag.gate import Gate


async def until_free(gate, places=2):
    """Waits for places, however long the machine takes."""
    async with asyncio.timeout(120):
        while gate.free < places:
            await asyncio.sleep(0.01)


@pytest.fixture
def gate():
    opened = Gate(2, waiting=1, patience=0.2)
    yield opened
    opened.close()


def test_work_is_done_in_a_thread_and_its_error_raised(gate):
    async def main():
        async with gate.admit() as place:
            assert await place.run(threading.current_thread) is not threading.current_thread()
            assert await place.run(divmod, 7, 2) == (3, 1)
            with pytest.raises(ZeroDivisionError):
                await place.run(divmod, 7, 0)

    asyncio.run(main())


def test_items_come_in_order_while_they_are_made(gate):
    go = threading.Event()

    def items():
        yield "天津"
        go.wait(120)
        yield "Tianjin"

    async def main():
        found = []
        async with gate.admit() as place:
            async for item in place.iterate(items()):
                found.append(item)
                go.set()
        return found

    assert asyncio.run(main()) == ["天津", "Tianjin"]


def test_what_is_raised_between_items_is_raised_behind_them(gate):
    def items():
        yield 1
        raise LookupError("是谁？")

    async def main():
        found = []
        async with gate.admit() as place:
            try:
                async for item in place.iterate(items()):
                    found.append(item)
            except LookupError as error:
                found.append(str(error))
        return found

    assert asyncio.run(main()) == [1, "是谁？"]


def test_so_many_work_so_many_wait_and_the_next_is_turned_away_at_once():
    gate = Gate(2, waiting=1, patience=60)
    both = threading.Barrier(2)
    go = threading.Event()
    most, at_work = 0, 0
    lock = threading.Lock()

    def work(beside_another):
        nonlocal most, at_work
        with lock:
            at_work += 1
            most = max(most, at_work)
        if beside_another:
            both.wait(120)
        go.wait(120)
        with lock:
            at_work -= 1

    async def ask(beside_another=False):
        async with gate.admit() as place:
            await place.run(work, beside_another)

    async def main():
        first = [asyncio.create_task(ask(beside_another=True)) for _ in range(2)]
        await asyncio.sleep(0)
        waiting = asyncio.create_task(ask())
        await asyncio.sleep(0)
        with pytest.raises(Overloaded) as refused:
            await asyncio.wait_for(ask(), 120)
        assert refused.value.retry_after == 1
        go.set()
        await asyncio.gather(*first, waiting)

    asyncio.run(main())
    assert most == 2
    gate.close()


def test_who_has_waited_too_long_is_turned_away(gate):
    stop = threading.Event()

    async def ask():
        async with gate.admit() as place:
            await place.run(stop.wait, 120)

    async def main():
        busy = [asyncio.create_task(ask()) for _ in range(2)]
        await asyncio.sleep(0.01)
        start = time.monotonic()
        with pytest.raises(Overloaded):
            await ask()
        assert time.monotonic() - start > 0.15
        stop.set()
        await asyncio.gather(*busy)
        await until_free(gate)
        async with gate.admit() as place:
            assert await place.run(int, "7") == 7

    asyncio.run(main())


def test_a_place_is_free_again_when_its_work_has_ended_not_when_its_asker_has_gone(gate):
    stop = threading.Event()

    async def ask():
        async with gate.admit() as place:
            await place.run(stop.wait, 120)

    async def main():
        gone = [asyncio.create_task(ask()) for _ in range(2)]
        await asyncio.sleep(0.01)
        for task in gone:
            task.cancel()
        await asyncio.gather(*gone, return_exceptions=True)
        with pytest.raises(Overloaded):
            await ask()
        stop.set()
        await until_free(gate)
        async with gate.admit() as place:
            assert await place.run(int, "7") == 7

    asyncio.run(main())


def test_nothing_more_is_made_for_a_reader_who_has_gone(gate):
    made, closed = [], threading.Event()

    def items():
        try:
            for number in range(12_000):
                made.append(number)
                yield number
                time.sleep(0.005)
        finally:
            closed.set()

    async def read():
        async with gate.admit() as place:
            async for _ in place.iterate(items()):
                pass

    async def main():
        reader = asyncio.create_task(read())
        async with asyncio.timeout(120):
            while not made:
                await asyncio.sleep(0.01)
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        await until_free(gate)
        assert closed.is_set()
        assert len(made) < 12_000

    asyncio.run(main())


def test_a_place_is_free_once_all_is_made_however_slowly_it_is_read(gate):
    async def main():
        async with gate.admit() as place:
            items = place.iterate(iter(["天津", "Tianjin", "上海"]))
            assert await anext(items) == "天津"
            await until_free(gate)
            assert [item async for item in items] == ["Tianjin", "上海"]
        assert gate.free == 2

    asyncio.run(main())


def test_nobody_waits_where_nobody_may():
    gate = Gate(2, waiting=0, patience=3600, retry_after=7)

    async def main():
        async with gate.admit(), gate.admit():
            with pytest.raises(Overloaded) as refused:
                async with gate.admit():
                    pass
        async with gate.admit():
            return refused.value.retry_after

    assert asyncio.run(main()) == 7
    gate.close()


def test_an_error_for_a_reader_who_has_gone_is_no_ones(gate, caplog):
    begun, go = threading.Event(), threading.Event()

    def items():
        yield 1
        begun.set()
        go.wait(120)
        raise LookupError

    async def read():
        async with gate.admit() as place:
            async for _ in place.iterate(items()):
                pass

    async def main():
        reader = asyncio.create_task(read())
        async with asyncio.timeout(120):
            while not begun.is_set():
                await asyncio.sleep(0.01)
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        go.set()
        await until_free(gate)

    asyncio.run(main())
    assert caplog.records == []


def test_a_hundred_short_askers_get_their_turn():
    gate = Gate(2, waiting=128, patience=120)

    async def ask(number):
        async with gate.admit() as place:
            return await place.run(lambda: number * 2)

    async def main():
        return await asyncio.gather(*(ask(number) for number in range(100)))

    assert asyncio.run(main()) == [number * 2 for number in range(100)]
    gate.close()
