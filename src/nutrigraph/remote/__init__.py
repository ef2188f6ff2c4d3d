"""Engines elsewhere: asked by the SPARQL protocol, filled by the Graph Store Protocol."""

from nutrigraph.remote.pushing import push
from nutrigraph.remote.store import Remote, open_remote

__all__ = ["Remote", "open_remote", "push"]
