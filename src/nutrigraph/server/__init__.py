"""The graph over HTTP: a SPARQL endpoint that cannot be hurt, and pages for people.

`app.make` puts it together. Nothing is imported here: a worker is a process of its own, and needs
no server.
"""
