"""What happens in the sample's videos: one function per template, all from left to right, with random details."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from etl.dataset.sample.scenes import AFTER, BEFORE, Hand, Keyframe, Rectangle, Scene

__all__ = ["STORIES", "Dice", "Story"]

WIDTHS = (427, 427, 427, 427, 320, 240)
PUSHING_SPEED = 6  # pixels per frame

Item = TypeVar("Item")


class Dice:
    """Random choices only by `random.Random.random`, the one method whose results no Python version may change."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random  # noqa: S311 — a sample, not a secret

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self._random() * (high - low + 1))

    def one_of(self, choices: tuple[Item, ...]) -> Item:
        """One of several."""
        return choices[self.between(0, len(choices) - 1)]

    def shuffled(self, items: list[Item]) -> list[Item]:
        """The same items in another order."""
        return [item for _, item in sorted(((self._random(), item) for item in items), key=lambda pair: pair[0])]


class Stage:
    """Sizes and places for one scene, drawn in advance; frames come as the story asks for them."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.width = dice.one_of(WIDTHS)
        self.table_row = dice.between(175, 215)
        self.on_table = self.table_row - 1
        self.box_width = 2 * dice.between(11, 19) + 1
        self.box_height = dice.between(25, 45)
        self.left_x = dice.between(40, self.width // 2 - 50)
        self.right_x = dice.between(self.width // 2 + 40, self.width - 45)
        self.any_x = dice.between(22, self.width - 23)
        half, top = dice.between(21, 30), self.table_row - dice.between(35, 55)
        self.block = Rectangle(self.right_x - half, top, self.right_x + half, self.on_table)
        self.on_block = top - 1

    def reach(self) -> int:
        """The frame of a first touch; now and then the very first one."""
        return max(0, self.dice.between(-3, 10))

    def pause(self) -> int:
        """Frames for which nothing moves, perhaps none."""
        return self.dice.between(0, 4)

    def swing(self) -> int:
        """Frames for lifting, carrying or putting down."""
        return self.dice.between(7, 11)

    def above(self, y: int) -> int:
        """A height in the air over y."""
        return y - self.dice.between(45, 75)

    def side(self) -> str:
        """The side from which a hand reaches in: the farther edge of the picture, or its top."""
        return self.dice.one_of(("left" if self.any_x > self.width // 2 else "right", "top"))

    def scene(self, *path: tuple[int, int, int], hands: tuple[Hand, ...], block: bool = False) -> Scene:
        """End the story a few frames after its last keyframe or touch; half of all scenes are mirrored."""
        ends = [frame for frame, _, _ in path]
        ends += [frame for hand in hands for touch in hand.touches for frame in touch if frame < AFTER]
        scene = Scene(
            width=self.width,
            frame_count=max(ends) + self.dice.between(8, 20),
            table_row=self.table_row,
            box_width=self.box_width,
            box_height=self.box_height,
            path=tuple(Keyframe(*key) for key in path),
            hands=hands,
            block=self.block if block else None,
        )
        return scene.mirrored() if self.dice.between(0, 1) else scene


def _hold(stage: Stage) -> Scene:
    reach = stage.reach()
    return stage.scene(
        (reach + stage.swing(), stage.any_x, stage.on_table), hands=(Hand(stage.side(), ((reach, AFTER),)),)
    )


def _let_go(stage: Stage) -> Scene:
    last = stage.reach() + stage.pause()
    return stage.scene(
        (last + stage.swing(), stage.any_x, stage.on_table), hands=(Hand(stage.side(), ((BEFORE, last),)),)
    )


def _pick_up(stage: Stage) -> Scene:
    reach = stage.reach()
    lift = reach + stage.pause()
    return stage.scene(
        (lift, stage.any_x, stage.on_table),
        (lift + stage.swing(), stage.any_x, stage.above(stage.on_table)),
        hands=(Hand(stage.side(), ((reach, AFTER),)),),
    )


def _set_down(stage: Stage) -> Scene:
    lower = stage.reach() + stage.pause()
    land = lower + stage.swing()
    return stage.scene(
        (lower, stage.any_x, stage.above(stage.on_table)),
        (land, stage.any_x, stage.on_table),
        hands=(Hand(stage.side(), ((BEFORE, land + stage.pause()),)),),
    )


def _carry(stage: Stage, start_y: int, end_y: int, *, block: bool) -> Scene:
    """From the left place to the right one, over whatever stands between them."""
    reach = stage.reach()
    lift = reach + stage.pause()
    up = lift + stage.swing()
    over = up + stage.swing()
    land = over + stage.swing()
    air = stage.above(min(start_y, end_y))
    return stage.scene(
        (lift, stage.left_x, start_y),
        (up, stage.left_x, air),
        (over, stage.right_x, air),
        (land, stage.right_x, end_y),
        hands=(Hand(stage.dice.one_of(("left", "top")), ((reach, land + stage.pause()),)),),
        block=block,
    )


def _move(stage: Stage) -> Scene:
    return _carry(stage, stage.on_table, stage.on_table, block=False)


def _stack(stage: Stage) -> Scene:
    return _carry(stage, stage.on_table, stage.on_block, block=True)


def _take_down(stage: Stage) -> Scene:
    reach = stage.reach()
    lift = reach + stage.pause()
    up = lift + stage.swing()
    over = up + stage.swing()
    land = over + stage.swing()
    air = stage.above(stage.on_block)
    return stage.scene(
        (lift, stage.right_x, stage.on_block),
        (up, stage.right_x, air),
        (over, stage.left_x, air),
        (land, stage.left_x, stage.on_table),
        hands=(Hand("top", ((reach, land + stage.pause()),)),),
        block=True,
    )


def _slide(stage: Stage) -> Scene:
    start = stage.reach() + stage.pause()
    end = start + stage.dice.between(10, 16)
    return stage.scene(
        (start, stage.left_x, stage.on_table),
        (end, stage.left_x + (end - start) * PUSHING_SPEED, stage.on_table),
        hands=(Hand("left", ((start, end + stage.pause()),)),),
    )


def _drop(stage: Stage) -> Scene:
    last = stage.reach() + stage.pause()
    return stage.scene(
        (last, stage.any_x, stage.above(stage.on_table)),
        (last + stage.dice.between(4, 6), stage.any_x, stage.on_table),
        hands=(Hand(stage.side(), ((BEFORE, last),)),),
    )


def _push_against(stage: Stage) -> Scene:
    start = stage.reach()
    meeting_x = stage.block.left - 1 - stage.box_width // 2
    hit = start + (meeting_x - stage.left_x) // PUSHING_SPEED
    return stage.scene(
        (start, stage.left_x, stage.on_table),
        (hit, meeting_x, stage.on_table),
        hands=(Hand("left", ((start, hit + stage.pause()),)),),
        block=True,
    )


def _lift_with_both_hands(stage: Stage) -> Scene:
    reach = stage.reach()
    lift = reach + stage.pause()
    x = stage.width // 2
    return stage.scene(
        (lift, x, stage.on_table),
        (lift + stage.swing(), x, stage.above(stage.on_table)),
        hands=(Hand("left", ((reach, AFTER),)), Hand("right", ((reach, AFTER),))),
    )


def _pass_on(stage: Stage) -> Scene:
    take = stage.reach()
    land = take + stage.pause() + stage.swing()
    x = stage.width // 2
    return stage.scene(
        (land - 7, x, stage.above(stage.on_table)),
        (land, x, stage.on_table),
        hands=(Hand("left", ((BEFORE, take),)), Hand("right", ((take, land),))),
    )


def _tap(stage: Stage) -> Scene:
    taps = [stage.reach()]
    for _ in range(4):
        taps.append(taps[-1] + stage.dice.between(4, 8))
    return stage.scene((0, stage.any_x, stage.on_table), hands=(Hand("top", tuple((tap, tap) for tap in taps)),))


def _knock_off(stage: Stage) -> Scene:
    # From the right, so that the box falls towards the middle of the picture.
    start = stage.reach()
    edge_x = stage.block.left - stage.box_width // 2
    last = start + (stage.right_x - edge_x) // PUSHING_SPEED
    return stage.scene(
        (start, stage.right_x, stage.on_block),
        (last, edge_x, stage.on_block),
        (last + 4, edge_x - 4 * PUSHING_SPEED, stage.on_table),
        hands=(Hand("right", ((start, last),)),),
        block=True,
    )


@dataclass(frozen=True)
class Story:
    """A template, how many videos of it the sample has, and the function that tells it."""

    template: str
    videos: int
    tell: Callable[[Stage], Scene]

    def scene(self, dice: Dice) -> Scene:
        """One scene of this story."""
        return self.tell(Stage(dice))


STORIES = (
    Story("Moving a box to another place on the table", 7, _move),
    Story("Setting a box down on the table", 7, _set_down),
    Story("Picking a box up from the table", 6, _pick_up),
    Story("Reaching for a box and keeping hold of it", 6, _hold),
    Story("Stacking a box on a block", 6, _stack),
    Story("Sliding a box along the table", 5, _slide),
    Story("Taking a box down from a block, then setting it on the table", 5, _take_down),
    Story("Letting go of a box", 4, _let_go),
    Story("Dropping a box onto the table", 4, _drop),
    Story("Pushing a box until it hits a block", 3, _push_against),
    Story("Lifting a box with both hands", 3, _lift_with_both_hands),
    Story("Passing a box from one hand to the other, then setting it down", 2, _pass_on),
    Story("Tapping a box several times", 1, _tap),
    Story("Knocking a box off a block", 1, _knock_off),
)
