"""Freshness proved on real processes: gates that check without end, a writer that revokes, and faults in between.

    PYTHONPATH=tests python -m chaos        # make chaos

`play` is the programme of faults, `fleet` the servers and processes it happens to, `gate_process` and `writer_process` what
runs in those, `records` what they leave behind, and `judging` what must hold of it.
"""
