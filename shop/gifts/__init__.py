"""Gifts: a course bought for somebody else, whose code is mailed on a day."""
