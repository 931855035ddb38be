"""A PostgreSQL database, from Debian's packages."""

from importlib.util import find_spec

import postgres
import pytest


@pytest.fixture(scope="session")
def postgres_server():
    if postgres.PROGRAMS is None:
        pytest.skip("PostgreSQL is not installed in /usr/lib/postgresql")
    if find_spec("sqlalchemy") is None or find_spec("psycopg") is None:
        pytest.skip("sqlalchemy and psycopg are not installed (the extra postgres)")
    with postgres.server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server):
    """Its address; what a test has left there is gone in the end."""
    yield postgres_server
    import sqlalchemy

    engine = sqlalchemy.create_engine(postgres_server.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    engine.dispose()
