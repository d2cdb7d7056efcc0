"""Charts: figures as data, drawn by one painter for screen, PNG and SVG; the only importer of pyqtgraph."""
