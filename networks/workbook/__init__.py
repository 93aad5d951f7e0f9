"""A region's networks as a workbook: out, edited by hand, and in again.

``read_workbook`` opens a file that anybody may have made, and says no before it takes memory; ``rows`` finds sheets
and columns by their heads; ``cells`` reads what was typed; ``plan`` works out changes and faults against a snapshot
of the registers. ``render_workbook`` writes the file. None of them asks the database.
"""
