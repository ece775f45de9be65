"""Prints the problems of a report of Redocly; the exit code is 1 when there are any, of whatever severity."""

import json
import sys

with open(sys.argv[1], encoding="utf-8") as file:
    report = json.load(file)
for problem in report["problems"]:
    place = problem["location"][0]
    print(f"{problem['severity']} {problem['ruleId']} {place.get('pointer', '')}: {problem['message']}")
totals = report["totals"]
# The totals must say the same: a report that was cut off, or has another shape, is no proof.
if totals["errors"] + totals["warnings"] + totals["ignored"] != len(report["problems"]):
    sys.exit(f"the report is not whole: {totals}, and {len(report['problems'])} problems")
sys.exit(1 if report["problems"] else 0)
