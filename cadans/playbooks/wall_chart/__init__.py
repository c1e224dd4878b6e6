"""The wall chart: a pipeline's process on one page, as a drawing, an SVG and a PDF."""
