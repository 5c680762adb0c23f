"""Cases: their text, the paths through them, plays, what they earn and how they are shown."""
