"""The operators' console: web pages that `run` serves. It shows what is in the database and turns buttons into orders.

It owns no rules: `handlers.rights` says who may do what, `handlers.decide` what follows. More: docs/console.md.
Only `bot.program` imports it, and only when it serves; nobody else pays for the libraries of the web.
"""
