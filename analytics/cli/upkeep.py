"""The command `doctor`: what is wrong in the data folder, what to do, and what was put right."""

import argparse

from analytics.folders import Home
from analytics.language.text import Text


def run_doctor(arguments: argparse.Namespace, text: Text) -> int:
    """One line per thing. Exit code 0: all is well, or was put right; 1: something is wrong."""
    from analytics.upkeep.doctor import examine
    from analytics.upkeep.finding import Weight

    home, wrong, repaired = Home.default(), 0, 0
    for finding in examine(home, repair=arguments.repair):
        print(finding.said(text), flush=True)
        wrong += finding.weight is Weight.WRONG
        repaired += finding.weight is Weight.REPAIRED
    key = "cli.doctor.wrong" if wrong else "cli.doctor.repaired" if repaired else "cli.doctor.well"
    print(text(key, folder=home.root, wrong=text.number(wrong), repaired=text.number(repaired)))
    return 1 if wrong else 0
