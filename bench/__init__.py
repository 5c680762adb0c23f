"""The benchmarks: the site's pages under the shipped server, beside a bare Flask app in the same interleaved run."""
