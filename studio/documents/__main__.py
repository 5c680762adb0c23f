"""The child process in which a document is read: `python -m studio.documents`."""

import resource

from core.markup.child import serve
from studio.documents.converting import answer

MOST_MEMORY = 3_000_000_000  # bytes of addresses, most of them never touched

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    serve(answer)
