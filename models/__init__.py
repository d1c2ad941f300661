"""The vocabulary: events, effects and context as frozen data; tables; rules that belong to a noun. No I/O."""
