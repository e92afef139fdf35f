"""Plots drawn by the server as SVG; the same figures stand in a table beneath each.

Widths are shares of the space there is and heights are in the reader's own letters, so that a plot
fits a phone and its words grow with the page's. What is told apart is told by pattern and words,
never by colour alone. Pure: figures in, places out; `components/plots.html` writes the SVG.
"""
