"""Previews of a text that is being written: asked for, made in a process of their own, looked at.

Whoever asks gets a ticket at once and comes back for the answer; no page ever waits for a
rendering (docs/adr/0022-editor.md). `job` is what is asked, `spool` where it waits and where the
answers stand, `start` wakes `server`, which makes them with `work`. Only `server` and what it
starts load `work`: a server of pages needs neither a renderer nor a check.
"""
