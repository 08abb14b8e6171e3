"""The app and its model on the Hugging Face Hub: python -m deploy space|model OWNER/NAME.

- `files`: what goes there
- `cards`: their README, with the front matter that the Hub reads
- `space`, `model`: the two commands
- `patience`: what the Hub refuses, in words, and asking again
"""
