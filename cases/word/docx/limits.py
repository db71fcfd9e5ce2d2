"""How much of a file is read before it is refused. Far above any honest case, far below what hurts the server."""

MB = 1024 * 1024

FILE_BYTES = 50 * MB
ENTRIES = 2_000
DIRECTORY_BYTES = MB
TOTAL_BYTES = 300 * MB  # all entries inflated
XML_BYTES = 24 * MB  # one XML part inflated
RATIO = 400  # inflated to packed, for a part of more than RATIO_FROM bytes
RATIO_FROM = 8 * MB

PARAGRAPHS = 12_000
RUNS = 60_000
CELLS = 30_000
NODES = 700_000
TEXT = 600_000  # characters of the whole text
TABLE_DEPTH = 15
TREE_DEPTH = 200
MARGINS = 12  # headers and footers, and lines of them

PDF_PAGES = 400
PDF_PAGE_CHARACTERS = 30_000
PDF_LEAST_CHARACTERS = 12  # a page: fewer, and it is pictures of text

IMAGES = 40
IMAGE_BYTES = 15 * MB
IMAGES_BYTES = 40 * MB
ENCODED_BYTES = 200 * MB  # of all images encoded anew, in every size
ANSWER_BYTES = ENCODED_BYTES + 16 * MB  # what the reading process may write
PIXELS = 60_000_000  # beyond it an image is left out; beyond Pillow's own bound (179 million) the file is a trap
PIXELS_TO_DECODE = 160_000_000  # of all images of a file; a large JPEG is decoded at half its size

# Processor time and memory for reading, then for decoding and encoding the images. A busy machine takes nothing from them;
# the wall clock is a last resort against a process that waits for ever.
READING_SECONDS = 9
READING_MEMORY = 290 * MB
IMAGES_SECONDS = 60
IMAGES_MEMORY = 1024 * MB
WALL_SECONDS = 10 * (READING_SECONDS + IMAGES_SECONDS)
