"""Single steps of the pipeline, each in a process that is forked for it and may be struck at any named point.

No broker and no scheduler take part: every hint is lost, and whoever drives the steps issues what the rows say is
due. A fork costs milliseconds where a worker's start costs seconds, so thousands of strikes take minutes.
"""
