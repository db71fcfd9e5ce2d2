"""Reading the .docx format itself: container, parts, body. Knows nothing of cases."""
