"""`lastmile simulate`: the demo street lives on, through the same doors that people and other systems use."""
