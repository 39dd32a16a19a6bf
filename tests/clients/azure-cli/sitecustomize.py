"""Lets az 2.38 run on Python 3.11. It defines some of its commands twice; up to Python 3.10 the second
definition took the place of the first, from 3.11 on argparse refuses it. az itself is as it is
installed. On earlier Pythons this changes nothing.
"""

import argparse
import sys

if sys.version_info >= (3, 11):
    refusing = argparse._SubParsersAction.add_parser

    def replacing(self, name, **options):
        self._name_parser_map.pop(name, None)
        return refusing(self, name, **options)

    argparse._SubParsersAction.add_parser = replacing
