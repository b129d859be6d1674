"""Options that several commands share."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from etl.cli.completion import templates
from etl.cli.messages import QUIET
from etl.cli.signals import limit_time
from etl.schema import ACTIONS, AGENTS, SPLITS, UNASSIGNED

__all__ = [
    "FiniteRange",
    "engine_options",
    "frames_option",
    "quiet_option",
    "selection_options",
    "videos_option",
    "warehouse_option",
]

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class FiniteRange(click.FloatRange):
    """A number in a range. "nan" is refused: every comparison with it is false, so no range would keep it out."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number.", param, ctx)
        return number


warehouse_option = click.option(
    "--warehouse",
    type=click.Path(path_type=Path),
    envvar="CONTACT_RELEASE_WAREHOUSE",
    show_envvar=True,
    default=Path("warehouse"),
    show_default=True,
    metavar="DIR",
    help="Folder of the warehouse.",
)


def _keep_quiet(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    context.meta[QUIET] = value


# It reaches `say` and `progress` through the context, so that no command has to hand it on.
quiet_option = click.option(
    "--quiet",
    "-q",
    is_flag=True,
    expose_value=False,
    callback=_keep_quiet,
    help="Print only results, warnings and errors.",
)


def frames_option(
    help_text: str = "Folder of the extracted frames.", *, default: str | None = "frames", exists: bool = False
) -> Decorator:
    """Return the option --frames; `default` None: there are no frames unless it is given."""
    return click.option(
        "--frames",
        type=click.Path(path_type=Path, file_okay=False, exists=exists),
        default=default,
        show_default=default is not None,
        metavar="DIR",
        help=help_text,
    )


videos_option = click.option(
    "--videos",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Folder of the videos, for frames that were not extracted.",
)


def engine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that bound what a query or a condition may take: --timeout, and the argument `memory_limit`."""
    for option in (
        click.option(
            "--memory-limit", metavar="SIZE", help="Bound the engine's memory, as in 500MB; the rest goes to disk."
        ),
        click.option(
            "--timeout",
            type=FiniteRange(0.001, 7 * 24 * 3600),
            metavar="SECONDS",
            expose_value=False,
            callback=limit_time,
            help="Give up after this long.",
        ),
    ):
        command = option(command)
    return command


def selection_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that choose events, and give them to the command as `selection`; and `engine_options`."""

    @engine_options
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
        if UNASSIGNED in splits and not with_unassigned:
            raise click.UsageError(f"--split {UNASSIGNED} and --unassigned exclude contradict each other")
        selection = Selection(splits, templates, actions, agents, video_ids, where, with_unassigned)
        return command(*args, selection=selection, **options)

    for option in reversed(
        [
            click.option(
                "--split",
                "splits",
                multiple=True,
                type=click.Choice([*SPLITS, UNASSIGNED]),
                help="Events of this split. This option and the next four may be given several times.",
            ),
            click.option(
                "--template",
                "templates",
                multiple=True,
                metavar="TEXT",
                shell_complete=templates,
                help="Of this template, exactly.",
            ),
            click.option("--action", "actions", multiple=True, type=click.Choice(ACTIONS), help="Of this action."),
            click.option("--agent", "agents", multiple=True, type=click.Choice(AGENTS), help="Of this agent."),
            click.option("--video", "video_ids", multiple=True, metavar="ID", help="Of this video."),
            click.option(
                "--where",
                default="",
                metavar="SQL",
                help="A condition over the events' columns, template, split, ssv2_split, object and objects: "
                '"frame_number < 12".',
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
