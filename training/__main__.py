"""`python -m training`: train the classifiers anew and write their model files."""

from training import business, wished_away

business.main()
wished_away.main()
