"""The keys of the fixed words that every Content carries in its own language. Pure."""

LABEL_KEYS = (
    "publisher",  # who publishes it, on the cover
    "document_kind",  # what it is, on the cover: Half-year note, Receipt
    "language_name",  # the document's own language, written in it
    "language",
    "version",
    "content_hash",  # name of the hash's row on the cover
    "sample",  # mark on demonstration data, on every page of every file
    "contents",
    "tables",  # heading of the list of tables
    "figures",  # heading of the list of figures
    "table",  # before a table's number: Table 3
    "figure",  # before a chart's or a map's number: Figure 2
    "page",  # Page 3 of 18
    "page_of",
    "of_units",  # of how many; holds {n}: of {n} municipalities
    "numbers_in_table",  # under a chart; holds {n}: The figures are in table {n}.
    "definitions",  # heading of the annex where Definitions has no title, and name of its sheet
    "definition_ref",  # the annex's five column heads
    "definition_name",
    "definition_text",
    "definition_rule",
    "definition_denominator",
    "text_cut",  # put where a text is too long for the file: (the text goes on in the JSON file)
    "unshown",  # holds {n}: {n} characters have no sign in the font and are shown as a square
    "sheet_cover",  # names of sheets
    "sheet_annex",
    "annex_group",  # column of the merged annex sheet that says which table a row is from: County
    "group",  # column of a sheet whose table has its rows in groups: Group
    "sheet",  # head of the cover's list of sheets
    "rows",
    "rows_written",
    "figures_written",
    "counts",  # heading of the counts
    "count",  # head of the column of numbers
    "as_of",  # the day of the figures
    "frozen_at",  # the moment the figures were taken
    "cut_cells",  # how many cells were cut
    "no_rows",  # in a table without rows, where the table says nothing itself
    "attachment",  # describes the attached JSON file
    "sheet_summary",  # name of the sheet of core indicators
    "key_figure",  # its column heads: name, number, of how many, share, change, since when, note
    "key_value",
    "key_of",
    "key_share",
    "key_change",
    "key_since",
    "key_note",
)
"""The fixed words every Content carries in ``labels``. ``{n}`` stands for a number that is put in."""

LATER_KEYS = tuple(key for key in LABEL_KEYS if key == "sheet_summary" or key.startswith("key_"))
"""Those that a Content stored before them lacks: it is drawn without what they name."""
