"""How an engine uses its device: parallel batches, threads and batch sizes.

`calibration` measures CPUs; GPUs follow fixed rules.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.decode import calibration
from app.decode.encoder_length import ENCODER_LENGTHS
from app.decode.model_layers import read_layers
from app.decode.models import ModelChoice
from app.decode.scheduler import BatchLimits

CPU_SLOTS = 16
"""On a CPU a batch of two costs as much as two of one, so requests are best spread evenly. Measured with 32 rooms on
two cores, as the 95th percentile of the delay from decode due to result, and the slowest room's percentile divided by
the median room's: 0.058 s and 1.1 with 16 slots, 0.070 s and 1.4 with 32, 0.23 s and 1.2 with 4, 0.094 s and 2.0 with
none."""

GPU_LANES = 2
"""One batch encodes while another decodes; decoding alone leaves the GPU idle, limited by kernel launches."""

GPU_SLOTS, GPU_GATHER_S = 4, 0.02
"""On a GPU a large batch costs little more than a small one, so requests of several rooms are gathered."""

GPU_ROWS = ((60, 64, 24), (36, 48, 16), (20, 16, 8), (0, 8, 4))
"""(GiB of memory, rows for models with few decoder layers, rows for others): attention scores take most of the memory,
and in deep decoders the copies of cross-attention state grow with the square of the rows. Live windows at 512 frames;
windows of files, at 1500 frames, fill the memory, because nobody waits for them."""

DEEP_LAYERS = 12
"""A decoder with at least this many layers is deep: small has 12, large-v3 32, turbo 4."""

DEEP_BYTES = 2.2e9
"""A float16 model larger than this has a deep decoder, if its layers cannot be counted: large-v3 has 3.1 GB, turbo 1.6
GB."""

SEGMENT_S = 28.0
"""Windows of recorded files: nearly the 30 s on which models were trained, with the silence after the sound."""

DEMO_SEGMENT_S = 14.0
"""... with the demo model, which was trained on shorter ones: the longest that fits the second encoder length. Beam 5,
three clips in German and English: word error 3.4 % with 14 s, 3.4 % with 7.6 s, 2.7 % with 28 s; translation of a
fourth clip: 0.9 %, 6.8 % and 2.8 %. 28 s took 1.16 times as long."""


IN_FLIGHT_MIN = 32
"""Windows of files in flight at least: enough for full batches on all lanes of a CPU, without using much memory."""


@dataclass(frozen=True, slots=True)
class DeviceProfile:
    """How one model runs on one device."""

    lanes: int = 1
    """Batches decoded at once."""
    threads: int = 0
    """CPU threads of each lane; 0 takes all cores."""
    limits: BatchLimits = field(default_factory=BatchLimits)
    slots: int = 4
    """Moments of a second over which rooms are spread, so that their requests arrive in groups and not all at once;
    with 0, each room counts from its own last decode."""
    row_s: Mapping[int, float] = field(default_factory=dict)
    """Measured lane time of one window by encoder length, used until the first live decode; empty if it was not
    measured."""
    segment_s: float = DEMO_SEGMENT_S
    """The longest window of recorded files."""
    gather_s: float = 0.0
    """How long a batch waits for other requests of its slot, in seconds."""

    @property
    def recorded_in_flight(self) -> int:
        """Windows of files that fill all lanes while the next ones are read."""
        n_rows = self.limits.recorded or max(self.limits.rows.values(), default=1)
        return max(IN_FLIGHT_MIN, 3 * self.lanes * n_rows // 2)

    def apply_to(self, choice: ModelChoice, *, device_index: int = 0) -> ModelChoice:
        """Return how to load a model for this profile."""
        return replace(
            choice,
            device_index=device_index,
            lanes=self.lanes,
            threads=self.threads,
            rows=dict(self.limits.rows) if choice.device == "cuda" else {},
        )


def choose_profile(
    choice: ModelChoice,
    *,
    batch_max: int | None = None,
    memory_gib: float = 0.0,
    cache: Path | None = None,
    on_progress: Callable[[str], object] | None = None,
) -> DeviceProfile:
    """Return how to run a model on its device; the first call on a CPU measures for a few seconds.

    `on_progress` gets a sentence before a measurement begins. `memory_gib` is the GPU's. `cache` is the folder that
    keeps measurements, by default the user's.

    Raises:
        ModelError: The model cannot be loaded.
    """
    if choice.device == "cuda":
        profile = _gpu_profile(choice, memory_gib)
    elif choice.threads:
        profile = DeviceProfile(lanes=1, threads=choice.threads)  # their times are measured live
    else:
        profile = _cpu_profile(calibration.calibrate(choice, cache, on_progress))
    if batch_max is not None:
        rows = {length: min(n_rows, batch_max) for length, n_rows in profile.limits.rows.items()}
        recorded = None if profile.limits.recorded is None else min(profile.limits.recorded, batch_max)
        profile = replace(profile, limits=replace(profile.limits, rows=rows, recorded=recorded))
    return replace(profile, segment_s=DEMO_SEGMENT_S if choice.is_demo else SEGMENT_S)


def _gpu_profile(choice: ModelChoice, memory_gib: float) -> DeviceProfile:
    few, many = next((deep, shallow) for at_least, shallow, deep in GPU_ROWS if memory_gib >= at_least)
    layers = read_layers(Path(choice.path))
    is_deep = choice.n_bytes > DEEP_BYTES if layers is None else layers.decoder >= DEEP_LAYERS
    n_rows = few if is_deep else many
    rows = {512: n_rows, 768: max(1, n_rows * 2 // 3), 1500: max(1, n_rows // 3)}
    limits = BatchLimits(rows, recorded=n_rows, promotes=True)
    return DeviceProfile(lanes=GPU_LANES, limits=limits, slots=GPU_SLOTS, gather_s=GPU_GATHER_S)


def _cpu_profile(measured: calibration.Calibration) -> DeviceProfile:
    n_rows = measured.rows
    rows = dict(zip(ENCODER_LENGTHS, (n_rows, max(1, n_rows // 2), max(1, n_rows // 4)), strict=True))
    return DeviceProfile(
        lanes=measured.lanes,
        threads=measured.threads,
        limits=BatchLimits(rows),
        slots=CPU_SLOTS,
        row_s={length: time_us / 1e6 for length, time_us in zip(ENCODER_LENGTHS, measured.row_us, strict=True)},
    )
