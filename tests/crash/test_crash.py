"""Stopped anywhere and started again, the day ends as an undisturbed one does; at most one second copy of a mail."""
import sys

from part import Stage, part
import case  # noqa: E402


def test_killed_at_own_steps(stage):
    part(stage, "step_kills")


def test_killed_at_system_calls(stage):
    part(stage, "call_kills")


def test_power_lost(stage):
    part(stage, "power_losses")


if __name__ == "__main__":
    sys.exit(case.main(sys.modules[__name__], lab=Stage))
