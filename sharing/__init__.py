"""A public link to the app on this computer, and who may use it.

- `tunnel`: the gradio.live link
- `passwords`: names and hashed passwords in a file
"""

from sharing.passwords import PasswordFile, PasswordFileError
from sharing.tunnel import ShareError, ShareLink, open_link

__all__ = ["PasswordFile", "PasswordFileError", "ShareError", "ShareLink", "open_link"]
