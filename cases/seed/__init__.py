"""Seed: fixtures into the database and out of it again, byte for byte.

From outside: ``seeding.seed_file`` and ``fixture_files``, ``export.Export``, ``folder.write_folder``; the commands ``seed`` and
``export_collections`` call nothing else. What a person edited or deleted is never overwritten or brought back
(``SeedRecord`` holds a digest of each field as it was loaded). Rows are built from their fields, each reference asked for once
a file, and written by PyYAML with a few representers; ``Case.ROWS`` says which rows travel with a case.
By hand, since ``loaddata`` and ``dumpdata`` have none of it: telling edited rows from untouched ones, the hand the files are
written in, and a folder that is replaced whole or not at all.
"""
