"""Trains the speaker model on a pool of voices."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from app.audio.speaker_model import SIMILARITY_NOTE
from app.decode import demo_files
from app.demo.training.speaker_export import export_speakers
from app.demo.training.speaker_network import AngularMargin, SpeakerNetwork
from app.demo.training.speaker_pool import VoicePool, write_speaker_pool
from app.demo.training.training import TrainingPlan, rate_at

SIMILARITY = 0.35
"""Cosine from which on two windows are one person, as `SpeakerModel` reads it; chosen with TUNED_VARIANTS."""

ABOUT = "Surtitle's demo speaker model: it knows the synthetic voices of espeak-ng only"

BATCH = 64
MARGIN = 0.2

CENTRE_WINDOWS, CENTRE_FRAMES = 4, 200
"""Windows of each person from which a training that goes on finds their centres."""

FRAMES = (90, 260)
"""Shortest and longest window: what the clustering embeds is 1.5-3 s, and shorter when somebody says little."""


def train_speakers(
    folder: Path, steps: int, report: Callable[[str], None], seed: int = 1, init: Path | None = None
) -> SpeakerNetwork:
    """Train on the pool under `folder`, save `speakers.pt` there, and return the network.

    With `init` it goes on with the weights of that file, which may have been trained with other people.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    windows = VoicePool(folder, seed)
    generator = np.random.default_rng(seed)
    network = SpeakerNetwork()
    if init is not None:
        network.load_state_dict(torch.load(init, weights_only=True))
        network.eval()
    loss_head = AngularMargin(network.project.out_features, windows.n_people)
    if init is not None:
        place_centres(network, loss_head, windows)
    parameters = [*network.parameters(), *loss_head.parameters()]
    plan = TrainingPlan(steps=steps, peak_rate=1e-3 if init else 2e-3, hold=0.4)
    optimizer = torch.optim.AdamW(parameters, lr=plan.peak_rate, weight_decay=0.02, fused=True)
    network.train()
    total, began_s = 0.0, time.process_time()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, plan)
        n_frames = int(generator.integers(*FRAMES))
        people = generator.integers(windows.n_people, size=BATCH)
        batch = np.stack([windows.draw(int(person), n_frames) for person in people])
        margin = MARGIN * (min(1.0, step / (0.3 * steps)) if init is None else 1.0)
        loss = loss_head(network(torch.from_numpy(batch)), torch.from_numpy(people), margin)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 5.0)
        optimizer.step()
        total += loss.item()
        if (step + 1) % 50 == 0:
            minutes = (time.process_time() - began_s) / 60
            report(f"step {step + 1} of {steps}: loss {total / 50:.3f}, {minutes:.1f} CPU minutes")
            total = 0.0
        if (step + 1) % 250 == 0 or step + 1 == steps:
            torch.save(network.state_dict(), folder / "speakers.pt")
    network.eval()
    return network


def place_centres(network: SpeakerNetwork, head: AngularMargin, windows: VoicePool) -> None:
    """Put the centre of each person where a trained network hears them, so that training goes on from there."""
    with torch.no_grad():
        for person in range(windows.n_people):
            heard = np.stack([windows.draw(person, CENTRE_FRAMES) for _ in range(CENTRE_WINDOWS)])
            head.centres[person] = functional.normalize(network(torch.from_numpy(heard))).mean(0)


def build_speakers(work: Path, *, steps: int, n_random: int, init: Path | None = None) -> None:
    """Speak, train, and put the speaker model into the package.

    Raises:
        SpeechError: espeak-ng is not installed.
    """
    if not (work / "speakers.pickle").exists():
        print(f"Speaking with {n_random} random voices and espeak-ng's own.")
        write_speaker_pool(work, n_random)
    network = train_speakers(work, steps, print, init=init)
    model = export_speakers(network, {SIMILARITY_NOTE: str(SIMILARITY), "about": ABOUT})
    demo_files.SPEAKER_MODEL.write_bytes(model)
    print(f"The model is in {demo_files.SPEAKER_MODEL}. `surtitle bench speakers --demo` shows its error rate.")
