"""Groups that take a course together: their days, their places and who waits for one."""
