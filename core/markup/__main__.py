"""The child process in which Markdown becomes HTML: `python -m core.markup`."""

from core.markup.child import serve

if __name__ == "__main__":
    serve()
