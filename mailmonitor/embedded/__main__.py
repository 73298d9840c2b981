"""`python -m mailmonitor.embedded`: what `make run` calls."""

import sys

from mailmonitor.embedded.supervisor import main

sys.exit(main())
