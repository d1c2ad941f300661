"""The pages of the console, a module each; `table.py` has them all."""
