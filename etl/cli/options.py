"""Options that several commands share."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from etl.schema import ACTIONS, AGENTS, SPLITS

__all__ = ["FiniteRange", "quiet_option", "selection_options", "warehouse_option"]


class FiniteRange(click.FloatRange):
    """A number in a range; "nan", which no comparison keeps out, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number.", param, ctx)
        return number


warehouse_option = click.option(
    "--warehouse",
    type=click.Path(path_type=Path),
    default=Path("warehouse"),
    show_default=True,
    metavar="DIR",
    help="Folder of the warehouse.",
)
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Print results and errors alone.")


def selection_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that choose events, and pass them to the command as one argument `selection`."""

    @wraps(command)
    def with_selection(
        *args: Any,
        splits: tuple[str, ...],
        templates: tuple[str, ...],
        actions: tuple[str, ...],
        agents: tuple[str, ...],
        video_ids: tuple[str, ...],
        where: str,
        unassigned: str,
        **options: Any,
    ) -> Any:
        from etl.warehouse.selection import Selection

        with_unassigned = unassigned == "include"
        selection = Selection(splits, templates, actions, agents, video_ids, where, with_unassigned)
        return command(*args, selection=selection, **options)

    for option in reversed(
        [
            click.option(
                "--split",
                "splits",
                multiple=True,
                type=click.Choice([*SPLITS, "unassigned"]),
                help="Events of this split. This option and the next four may be given several times.",
            ),
            click.option("--template", "templates", multiple=True, metavar="TEXT", help="Of this template, exactly."),
            click.option("--action", "actions", multiple=True, type=click.Choice(ACTIONS), help="Of this action."),
            click.option("--agent", "agents", multiple=True, type=click.Choice(AGENTS), help="Of this agent."),
            click.option("--video", "video_ids", multiple=True, metavar="ID", help="Of this video."),
            click.option(
                "--where",
                default="",
                metavar="SQL",
                help='A condition over the events\' columns, template and split: "frame_number < 12".',
            ),
            click.option(
                "--unassigned",
                type=click.Choice(["include", "exclude"]),
                default="include",
                show_default=True,
                help="Videos that are in no split.",
            ),
        ]
    ):
        with_selection = option(with_selection)
    return with_selection
