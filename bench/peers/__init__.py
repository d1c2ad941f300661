"""What a user would pick instead, each a script for the environment of `make peers`; nothing of ours runs there."""
