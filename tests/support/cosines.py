"""Cosines as fusion compares them."""

import numpy as np

from rag.index.dense import standardised


def standardise(index, query, cosines):
    """Key → standard deviations above what the best of its partition would reach by chance."""
    keys = np.fromiter(cosines, np.int64, len(cosines))
    values = np.fromiter(cosines.values(), np.float64, len(cosines))
    scales = index.scales(query)
    found = standardised(values, index.partitions_of(keys), scales, index.sizes)
    return dict(zip(keys.tolist(), found.tolist(), strict=True))
