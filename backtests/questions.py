"""What the back-tests ask of each data set."""

from __future__ import annotations

from datetime import date

from backtests.rolled import Question, months, weeks

QUESTIONS = (
    Question(
        "BPI Challenge 2012: loans approved in the next 14 days, every week",
        "bpi2012",
        "leads",
        weeks(date(2011, 10, 31), date(2012, 1, 30), days=14),
    ),
    Question(
        "BPI Challenge 2012: the same, with the weeks after which no applications came any more",
        "bpi2012",
        "leads",
        weeks(date(2011, 10, 31), date(2012, 2, 27), days=14),
    ),
    Question(
        "Maven CRM: worth won in the next three months, at 7 month ends",
        "maven-crm",
        "worth",
        months(date(2017, 4, 1), many=7, ahead=3),
        also=(
            ("Aalen-Johansen by age and a run-rate, computed elsewhere", 0.1253),
            ("as much as the three months before, computed elsewhere", 0.181),
        ),
    ),
    Question(
        "Maven CRM: worth won in the next month, at 9 month ends",
        "maven-crm",
        "worth",
        months(date(2017, 4, 1), many=9, ahead=1),
        also=(
            ("Aalen-Johansen by age and a run-rate, computed elsewhere", 0.2536),
            ("as much as the month before, computed elsewhere", 0.3985),
        ),
    ),
)
