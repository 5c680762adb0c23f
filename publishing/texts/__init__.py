"""The files of a bundle as their authors write them, read into frozen values. Pure."""
