"""The graph over HTTP: a SPARQL endpoint that cannot be hurt, and pages for people."""
