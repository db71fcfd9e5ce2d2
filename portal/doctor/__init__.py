"""What is wrong with an installation, in plain Chinese (``manage.py doctor``).

A check is a function without arguments that yields findings: what it looked at, how that stands (``Level``), and, where it is not
well, what to do. ``environment`` looks at settings, ``services`` at what the portal needs of the machine and of others, ``data``
at the database. None changes anything. What a check did not expect is a finding, too.
"""
