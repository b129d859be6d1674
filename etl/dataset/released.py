"""The released dataset: where it is, which files at which commit, under which licence, and how to cite it."""

from __future__ import annotations

from etl.annotations.model import EVENTS_FILE, SPLIT_FILES, TEMPLATES_FILE

__all__ = [
    "CHECKSUMS",
    "COMMIT",
    "FILES_ADDRESS",
    "LICENCE_ADDRESS",
    "LICENCE_NAME",
    "LICENCE_TERMS",
    "PAPER",
    "REPOSITORY",
]

REPOSITORY = "hararid/ssv2-contact-release-interaction-dataset"
COMMIT = "3a8444a50aa7a563459a6038054334814cb3f3f1"
FILES_ADDRESS = f"https://raw.githubusercontent.com/{REPOSITORY}/{COMMIT}/metadata"

# SHA-256 of the five files at that commit.
CHECKSUMS = {
    EVENTS_FILE: "7468cc2122ec3421741ac92e178fbc3c6ea0d7ccbcddc62f32a529f2307b14cf",
    TEMPLATES_FILE: "787cc7c9fff6bedc3c9baddd0f5e78d6a1261340a4a9f5e1df1d2ecab7de2b83",
    SPLIT_FILES["train"]: "b14a2b6fb523cf42e6a5b46ee938cdc10d097609d7b7b86f97d97c68dc6e75ba",
    SPLIT_FILES["validation"]: "15943a89be76f37b47bfdfdb45c17a9708b9b531d00b67d37ef6e9a8811753c8",
    SPLIT_FILES["test"]: "c55bf0209b7a260d273f2257176e5e634855a8c009942897dcdbc0d7c75bb62a",
}

LICENCE_NAME = "Data License Agreement – Research Use Only"
LICENCE_ADDRESS = f"https://github.com/{REPOSITORY}/blob/{COMMIT}/LICENSE"
LICENCE_TERMS = f"""\
The annotations of {REPOSITORY}
are Qualcomm's, under the "{LICENCE_NAME}":
they may be used for research only. Only the agreement itself is binding; read it first:
  {LICENCE_ADDRESS}
The MIT licence of this software does not cover them, nor anything made from them."""

# The citation that the publisher's README at that commit asks for; the number is the preprint's.
PAPER = (
    "Harari, Sidorov, Shterental, David, Gebreselasie, Khan: Action Without Interaction: Probing the Physical "
    "Foundations of Video LMMs via Contact-Release Detection. CVPR Workshops 2026, pp. 11058-11067 (arXiv:2511.20162)."
)
