"""Wenju 问据: questions answered from a folder of documents, with the exact words behind them."""
