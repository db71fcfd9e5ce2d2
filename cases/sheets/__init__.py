"""Sheets: cases and their rows go out as Excel or CSV, and the Excel file comes back edited.

From outside: ``admin.SheetsMixin`` (pages and list actions of the admin of cases); ``reader.read_sheets``, ``plan.make_plan``
and ``actions.stage``, ``confirm``, ``discard`` for programs. Columns are declared in ``layout`` and nowhere else.
Nothing is written that was not shown: a plan is made, agreed to by its digest, made again under lock, and refused where it
came out otherwise; then all of it is written or nothing. A sheet never publishes, archives or deletes a case.

Made by hand, because django-import-export has none of it: several sheets in one file, the plan's digest, problems of all
cells at once with their place, drop-down lists, protection from formulas. Cells are read and written by openpyxl.
"""
