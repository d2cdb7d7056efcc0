"""Floor 6: the sheet on paper and the workbook behind it, byte-identical when made twice."""
