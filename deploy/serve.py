"""One application in one process: `python -m deploy.serve services.catalog.app:create_app 8001`.

Imports the application at once, then waits for a line on standard input before it serves: the
supervisor brings the database up meanwhile, and imports are most of a start.
"""

import importlib
import sys

import uvicorn


def main(app: str, port: int) -> None:
    importlib.import_module(app.partition(":")[0])
    if not sys.stdin.readline():  # end of file: nobody is left who would want us
        return
    uvicorn.run(
        app,
        factory=True,
        host="127.0.0.1",
        port=port,
        access_log=False,
        server_header=False,
        # Nobody stands before us who could be believed about whom they speak for.
        proxy_headers=False,
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
