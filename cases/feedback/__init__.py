"""读者来信: what readers tell the desk without an account: an error in a case (报告错误), a case they missed (求一个案例).

``views`` is the one form, ``actions`` keeps what was sent and settles it. Wishes in the same words are one row and are
counted, so that the desk sees what readers look for in vain. Nothing sent is ever shown to readers.

Called from outside: ``urls``, and ``actions.settle`` by the desk. It is limited by client and by day, takes no file and
no markup, and keeps a reader's address only until staff have seen to the letter.
"""
