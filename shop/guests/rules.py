"""What a guest's browser is told, pure."""


def masked(email: str) -> str:
    """An address that its owner knows again and nobody else can use: `a…@example.com`."""
    local, _, domain = email.partition("@")
    return f"{local[:1]}…@{domain}"
