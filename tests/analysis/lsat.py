"""A published example: five questions of the Law School Admission Test, section 6, answered by 1,000 people.

The frequencies of the answer patterns are those of R. D. Bock and M. Lieberman, "Fitting a response model for n
dichotomously scored items", Psychometrika 35 (1970); the figures below were published of them by D. Rizopoulos, "ltm:
An R package for latent variable modeling and item response analysis", J. Stat. Softw. 17 (2006).
"""

PATTERNS = {
    "00000": 3, "00001": 6, "00010": 2, "00011": 11, "00100": 1, "00101": 1, "00110": 3, "00111": 4,
    "01000": 1, "01001": 8, "01010": 0, "01011": 16, "01100": 0, "01101": 3, "01110": 2, "01111": 15,
    "10000": 10, "10001": 29, "10010": 14, "10011": 81, "10100": 3, "10101": 28, "10110": 15, "10111": 80,
    "11000": 16, "11001": 56, "11010": 21, "11011": 173, "11100": 11, "11101": 61, "11110": 28, "11111": 298,
}  # fmt: skip
FACILITIES = (0.924, 0.709, 0.553, 0.763, 0.870)
ITEM_REST = (0.1128, 0.1532, 0.1728, 0.1444, 0.1216)
ITEM_TOTAL = (0.3620, 0.5668, 0.6184, 0.5344, 0.4354)
ALPHA = 0.2950


def answers() -> list[tuple[int, ...]]:
    """A row of 0 and 1 for each person."""
    return [tuple(map(int, pattern)) for pattern, count in PATTERNS.items() for _ in range(count)]
