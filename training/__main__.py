"""`python -m training`: train the classifier of business messages anew and write its model file."""

from training.business import main

main()
