"""A short storm; the whole one: python3 tests/crash/storm.py BUILD."""
import sys

from storm import storm
import part  # noqa: F401  for the paths
import case  # noqa: E402


def test_killed_at_random_while_mail_comes_in(lab):
    figures, wrong = storm(lab, kills=30, mails=120, seed=5)
    print("#", ", ".join("%s %s" % x for x in figures.items()), flush=True)
    assert figures["tickets"] == 120 and not wrong, wrong


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__]))
