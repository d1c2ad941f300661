"""`python -m training`: train the classifiers anew and write their model files."""

from training import business, deeds, group_talk, wished_away

business.main()
wished_away.main()
deeds.main()
group_talk.main()  # which reads what the others have taught
