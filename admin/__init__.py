"""People, enrollments, mail, settings and the audit trail, for those who run the school."""
