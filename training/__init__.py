"""Training of the small model that ships with the code: run by people, never by the bot."""
