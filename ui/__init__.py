"""The pages of the app: one module a tab, each a function that takes what it needs as arguments."""
