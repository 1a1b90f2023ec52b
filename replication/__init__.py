"""Teaching a TextCNN from BERT: the reference replication of the article's methods and claims."""

import os
import sys

if os.name == "nt":
    sys.exit("error: Windows is not supported; use Linux, macOS or the Windows Subsystem for Linux (`wsl --install`)")
