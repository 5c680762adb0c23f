"""The articles room: public articles with their questions and related courses, and the pages of their authors."""
