"""What instructors write comes in and goes out here: bundles, their check, their revisions."""
