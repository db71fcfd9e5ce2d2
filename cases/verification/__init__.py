"""机构核对: a member institution checks its own case by a private link, without an account, before readers see it.

``actions`` gives out links, keeps what comes back and takes links back; ``views`` is the page behind a link: the case as
its readers will see it, a form for remarks beside each part, and the answer. What the institution says arrives as
remarks on the case (``Comment``), which staff accept or see to; it changes no case by itself. ``letters`` writes the
letter with the link and the one that reminds.

Called from outside: ``urls``; ``actions`` and ``letters`` by the desk and by ``manage.py remind``. A link is its key: it is
signed, ends on a day, can be taken back, and opens nothing but its one case.
"""
