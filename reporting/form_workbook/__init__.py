"""A report's form as a workbook: written with what is known, filled in, and read again.

``layout`` says what a row is, ``render_form`` writes, ``cells`` and ``rows`` read, ``compare`` tells what differs.
Files are opened by ``networks.workbook.read_workbook``, which bounds what anybody may send.
"""
