#!/usr/bin/env python
"""Django's command line for MeetMind."""

import os
import sys
from importlib import import_module

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    module = os.environ.setdefault("DJANGO_SETTINGS_MODULE", "meetmind.settings")
    try:
        import_module(module)
    except ImproperlyConfigured as problem:
        # A wrong setting is the operator's to mend: they get the sentence, not our stack.
        sys.exit(f"MeetMind cannot start. {problem}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
