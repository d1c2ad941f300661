"""What the pages show: read-only queries of one merchant, paged by the database. No page writes SQL of its own."""
