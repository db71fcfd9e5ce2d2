"""Backup and restore: database and media in one zip, as they stood at one moment, while the site runs on.

From outside: ``backup.write_backup``, ``restore.restore_backup`` and ``archive.BackupFile``; the commands of the same
names call nothing else. Rows are Django's own JSON lines, their integrity is the zip's CRC. The room never writes an
unfinished file under the asked-for name, never restores a part, and believes nothing of a file it has not checked.
By hand, since ``dumpdata`` and ``loaddata`` have none of it: one moment for all tables, media beside the rows, keys and
time stamps to the last digit (Django's encoder cuts microseconds), and the backups of the first format.
"""
