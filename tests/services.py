"""Are PostgreSQL and Redis there? `python -m tests.services` says so in one line, or fails with one for each."""

import os
import sys

import psycopg
import redis


def main() -> int:
    database, cache = os.environ["DATABASE_URL"], os.environ["REDIS_URL"]
    missing = []
    try:
        with psycopg.connect(database, connect_timeout=5) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.Error as error:
        missing.append(f"PostgreSQL does not answer at DATABASE_URL={database}: {str(error).splitlines()[0]}")
    try:
        redis.Redis.from_url(cache, socket_connect_timeout=5).ping()
    except (redis.RedisError, ValueError) as error:
        missing.append(f"Redis does not answer at REDIS_URL={cache}: {error}")
    if missing:
        print(*missing, sep="\n", file=sys.stderr)
        return 1
    print(f"PostgreSQL {version} and Redis answer.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
