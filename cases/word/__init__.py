"""Word: a member's .docx or PDF becomes a draft, with a report of what was read, what is unsure and what was left out.

From outside: ``actions.import_file`` and ``check_file`` (one file, an answer for whatever it is), ``actions.import_word``;
``admin.upload.WordImportLinks`` and ``admin.report`` for the desk; ``document.WordDocument`` is what reading yields.
A file is read in a process of its own (``sandbox``), which alone unpacks, parses and decodes images, under the kernel's
limits; ``docx`` and ``pdf`` turn its parts into blocks, ``recognition`` turns blocks into a case. Neither knows database or request.
Nothing is published here, no figure is taken unasked, and no file enters twice.

Made by hand: mammoth loses the automatic numbers 一、（一） by which sections are known and does not say what it left out;
python-docx loses insertions, content controls and text boxes. Of a PDF pdfminer.six gives the characters and their places;
its lines and boxes are made for Latin text. Other formats are left to LibreOffice.
"""
