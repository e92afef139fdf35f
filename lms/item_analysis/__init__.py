"""Item analysis: how hard a question is, whether it sorts those who know, and how sure that is.

Pure: scores in, figures with their intervals out. Formulas and sources: docs/ITEM_ANALYSIS.md.
"""
