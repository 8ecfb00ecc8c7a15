"""`python -m app.demo.training`: makes the demo's models, its meeting, or clips for the benches."""

import argparse
import math
import shutil
import sys
from pathlib import Path

from app.decode import demo_files
from app.demo.training import clips, meeting
from app.demo.training.conversations import make_conversations
from app.demo.training.evaluate import evaluate
from app.demo.training.speech import SpeechError
from app.demo.training.translation.accuracy import measure_translation


def build(work: Path, *, steps: int, utterances: int, init: Path | None) -> None:
    """Synthesize speech, train, convert the model into the package, and print its error rates."""
    # only this command needs torch
    from app.demo.training.convert import convert
    from app.demo.training.pool import read_pool, write_pool
    from app.demo.training.tokenizer import Vocabulary
    from app.demo.training.training import load_checkpoint, train_demo

    pool = work / "pool"
    checkpoint = work / "checkpoint.pt"
    if not (pool / "noise.pickle").exists():
        print(f"Synthesizing {utterances} utterances.")
        write_pool(pool, utterances, 24)
    vocabulary = Vocabulary.load(demo_files.MODEL / "tokenizer.json")
    utterance_pool, noises = read_pool(pool)
    train_demo(utterance_pool, noises, vocabulary, checkpoint, steps=steps, init=init, report=print)
    model = work / "model"
    model.mkdir(exist_ok=True)
    convert(load_checkpoint(checkpoint), vocabulary, model)
    print(evaluate(model).table())
    shutil.copytree(model, demo_files.MODEL, dirs_exist_ok=True)
    print("The model is in app/demo/model. `make test` checks its error rates.")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m app.demo.training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    building = commands.add_parser("build", help="speak, train, convert, evaluate, and put the model into the package")
    building.add_argument("--work", type=Path, default=Path("runs/demo-model"), help="folder for pool and checkpoints")
    building.add_argument("--steps", type=int, default=6000, help="training steps; about 1.5 s each on two cores")
    building.add_argument("--utterances", type=int, default=16_000, help="sentences to synthesize")
    building.add_argument("--init", type=Path, help="checkpoint to continue from")
    judging = commands.add_parser("evaluate", help="measure a model directory")
    judging.add_argument("directory", type=Path, nargs="?", default=demo_files.MODEL)
    judging.add_argument("--windows", type=int, default=10, help="windows of each length and language")
    judging.add_argument("--noises", type=int, default=4, help="noises of each kind")
    translating = commands.add_parser("translation", help="train, convert and measure the translation model")
    translating.add_argument("--work", type=Path, default=Path("runs/demo-translation"), help="folder for checkpoints")
    translating.add_argument("--steps", type=int, default=8000, help="training steps; about 0.15 s each on one core")
    translating.add_argument("--minutes", type=float, default=math.inf, help="ends training before the last step")
    translating.add_argument("--init", type=Path, help="checkpoint to continue from, with the tokenizer in --work")
    translating.add_argument("--hear", type=int, default=0, help="sentences to count Whisper's mistakes in")
    comparing = commands.add_parser("translation-accuracy", help="measure a translation model on held-out sentences")
    comparing.add_argument("directory", type=Path, nargs="?", default=demo_files.TRANSLATION)
    comparing.add_argument("--sentences", type=int, default=500, help="sentences of each direction")
    comparing.add_argument("--heard", type=int, default=200, help="sentences that the Whisper model hears first")
    comparing.add_argument("--mistakes", action="store_true", help="print every wrong translation")
    knowing = commands.add_parser("speakers", help="train the speaker model and put it into the package")
    knowing.add_argument("--work", type=Path, default=Path("runs/demo-speakers"), help="folder for voices and weights")
    knowing.add_argument("--steps", type=int, default=6000, help="training steps; about 0.12 s each on one core")
    knowing.add_argument("--voices", type=int, default=1600, help="voices drawn at random, besides espeak-ng's own")
    knowing.add_argument("--init", type=Path, help="weights to continue from")
    talking = commands.add_parser("conversations", help="make conversations for bench speakers")
    talking.add_argument("--out", type=Path, required=True)
    talking.add_argument("--seed", type=int, default=0)
    talking.add_argument("--count", type=int, default=4, help="conversations of 2, of 3 and of 4 people")
    talking.add_argument("--minutes", type=float, default=2.0)
    commands.add_parser("meeting", help="make the demo meeting and the self-test clip again")
    cutting = commands.add_parser("clips", help="make clips for the benches")
    cutting.add_argument("--out", type=Path, required=True)
    cutting.add_argument("--seed", type=int, default=0)
    cutting.add_argument("--count", type=int, default=1)
    cutting.add_argument("--minutes", type=float, default=4.0)
    cutting.add_argument("--language", choices=("de", "en", "mixed"), default="de")
    cutting.add_argument("--task", choices=("transcribe", "translate"), default="transcribe")
    cutting.add_argument("--names", type=Path, help="file with a name on each line, instead of the world's names")
    cutting.add_argument("--noise", action="store_true", help="make a clip without speech instead")
    given = parser.parse_args()
    try:
        if given.command == "build":
            build(given.work, steps=given.steps, utterances=given.utterances, init=given.init)
        elif given.command == "evaluate":
            print(evaluate(given.directory, given.windows, given.noises).table())
        elif given.command == "translation":
            # only this command needs torch
            from app.demo.training.translation.building import build_translation

            build_translation(given.work, steps=given.steps, minutes=given.minutes, init=given.init, heard=given.hear)
        elif given.command == "translation-accuracy":
            accuracy = measure_translation(given.directory, given.sentences, given.heard)
            print(accuracy.table())
            if given.mistakes:
                print("\n".join(" | ".join(texts) for texts in accuracy.mistakes))
        elif given.command == "meeting":
            meeting.make_meeting(demo_files.FOLDER)
            meeting.make_clip(demo_files.FOLDER)
        elif given.command == "speakers":
            # only this command needs torch
            from app.demo.training.speaker_training import build_speakers

            build_speakers(given.work, steps=given.steps, n_random=given.voices, init=given.init)
        elif given.command == "conversations":
            print(make_conversations(given.out, seed=given.seed, count=given.count, minutes=given.minutes))
        elif given.noise:
            print(clips.make_noise_clip(given.out, seed=given.seed, minutes=given.minutes))
        else:
            print(
                clips.make_clips(
                    given.out,
                    seed=given.seed,
                    count=given.count,
                    minutes=given.minutes,
                    language=given.language,
                    task=given.task,
                    names=given.names.read_text(encoding="utf-8").splitlines() if given.names else (),
                )
            )
    except SpeechError as exc:
        sys.exit(str(exc))


if __name__ == "__main__":
    main()
