"""The child process in which Markdown becomes HTML: `python -m core.markup`."""

from core.markup.child import serve
from core.markup.dialect import to_html  # python-markdown is loaded in the child alone

if __name__ == "__main__":
    serve(to_html)
