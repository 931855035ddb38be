"""The measure of growth itself: it tells a line from a square."""

from effort import grows_linearly


def test_work_by_the_size_is_linear():
    assert grows_linearly(lambda size: sum(range(size)), 400_000)


def test_work_by_the_square_of_the_size_is_not():
    assert not grows_linearly(lambda size: sum(range(size * size)), 4000)


def test_what_is_cached_does_not_count_as_fast():
    seen = set()

    def work(size):
        if size not in seen:
            seen.add(size)
            sum(range(size * size))

    assert not grows_linearly(work, 4000)
