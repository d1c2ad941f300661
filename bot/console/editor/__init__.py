"""An entry of the calendar written by hand: the form, what it would do, and who else has changed it meanwhile."""
