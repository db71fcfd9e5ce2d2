"""Following a list by mail, without an account: a letter now and then of the cases that came out in exactly this list.

``views`` takes an address and sends it a signed link; nothing is kept until whoever reads that mailbox has followed the
link and said yes (``actions.follow``). ``letters`` writes what stands in a digest, and why each case is in it;
``sending.send_digests`` sends each at most once, also where a run is killed. Leaving (``actions.leave``) deletes the row.

Called from outside: ``urls``, and ``sending.send_digests`` by ``manage.py send_digests``. It never says, or lets be
guessed, whether an address follows anything, and it writes no other table than ``Follower``.
"""
