"""Files of works on their way to a browser: to be saved, never to be run."""

from io import BytesIO

from flask import send_file
from werkzeug.wrappers import Response

from marking import uploads
from marking.models import WorkFile


def send(file: WorkFile, name: str) -> Response:
    """The file under a name, as an attachment in a sandbox. Raises NotFound, and Unavailable for a damaged one."""
    answer = send_file(
        BytesIO(uploads.read(file)), mimetype=file.mime, as_attachment=True, download_name=name, etag=False
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
