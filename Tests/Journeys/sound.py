"""What can be heard in a recording: which tones, and from when."""

import array
import math
import struct
import sys
import wave

RATE = 8000
# 20 ms: whole periods of every multiple of 50 Hz.
WINDOW = 160
# A window moves by half of itself: moments are known to 10 ms.
STEP = 80
# Below this mean amplitude (of 32,768) nothing is heard; hold music and tones lie far above.
AUDIBLE = 150
# This share of a window's energy is a pure tone's; speech, music and noise stay below.
PURE = 0.6
# A tone that sounds among others has at least this share.
PART = 0.2
# A tone is heard where it fills so many windows on end: no click passes for it.
STEADY = 4
# Bytes before the sound in a file with nothing but its format.
HEADER = 44


class Recording:
    """A mono recording that began at `began` on the monotonic clock; perhaps still growing.

    Of a long one the first `skip` seconds need not be read; moments are still counted from its beginning.
    """

    def __init__(self, path, began, skip=0.0):
        self.path = path
        self.began = began
        self.skipped = max(0, int(skip * RATE))
        with open(path, "rb") as file:
            head = file.read(HEADER)
            file.seek(HEADER + 2 * self.skipped)
            sound = file.read()
        # The lengths in the header of a growing file are not filled in yet: what follows is sound.
        if sound and struct.unpack("<HHI", head[20:28]) != (1, 1, RATE):
            raise ValueError(f"{path}: expected PCM, mono, 8,000 Hz")
        self.samples = array.array("h", sound[: len(sound) // 2 * 2])
        if sys.byteorder == "big":
            self.samples.byteswap()

    @property
    def seconds(self):
        return (self.skipped + len(self.samples)) / RATE

    def windows(self, since=0.0, until=math.inf):
        """The windows between two moments of the recording, each with its own moment."""
        first = max(0, int(since * RATE) - self.skipped)
        last = min(len(self.samples), int(until * RATE) - self.skipped if until != math.inf else len(self.samples))
        for start in range(first, last - WINDOW + 1, STEP):
            yield (self.skipped + start) / RATE, self.samples[start : start + WINDOW]

    def first_heard(self, frequency, since=0.0):
        """Seconds into the recording at which `frequency` begins; None if it never does."""
        run = 0
        for moment, window in self.windows(since):
            run = run + 1 if loudness(window) >= AUDIBLE and share(window, frequency) >= PURE else 0
            if run == STEADY:
                return moment - (STEADY - 1) * STEP / RATE
        return None

    def gaps(self, frequency, since=0.0, shortest=0.1):
        """The spans from `since` on in which `frequency` is not heard for so many seconds: begin and end; no end, if it goes on."""
        found, missing_since, run = [], since, 0
        for moment, window in self.windows(since):
            if loudness(window) >= AUDIBLE and share(window, frequency) >= PURE:
                run += 1
                begins = moment - (STEADY - 1) * STEP / RATE
                if run == STEADY and missing_since is not None:
                    if begins - missing_since >= shortest:
                        found.append((missing_since, begins))
                    missing_since = None
            else:
                if missing_since is None and run >= STEADY:
                    missing_since = moment
                run = 0
        if missing_since is not None and self.seconds - missing_since >= shortest:
            found.append((missing_since, None))
        return found

    def moment_heard(self, frequency):
        """The same on the monotonic clock."""
        seconds = self.first_heard(frequency)
        if seconds is None:
            raise AssertionError(f"{frequency} Hz is never heard in {self.path} ({self.seconds:.1f} s)")
        return self.began + seconds

    def seconds_of(self, frequency):
        """How long `frequency` sounds in all."""
        return STEP / RATE * sum(
            1 for _, window in self.windows() if loudness(window) >= AUDIBLE and share(window, frequency) >= PURE)

    def seconds_audible(self, since=0.0, until=math.inf):
        """How long anything sounds between two moments of the recording."""
        return STEP / RATE * sum(1 for _, window in self.windows(since, until) if loudness(window) >= AUDIBLE)

    def tones(self, candidates, at_least=0.2):
        """Those of `candidates` that sound for `at_least` seconds."""
        return {frequency for frequency in candidates if self.seconds_of(frequency) >= at_least}

    def together(self, frequencies, since=0.0):
        """How long all of `frequencies` sound at the same time."""
        return STEP / RATE * sum(
            1 for _, window in self.windows(since)
            if loudness(window) >= AUDIBLE and all(share(window, frequency) >= PART for frequency in frequencies))


def loudness(window):
    return math.sqrt(sum(sample * sample for sample in window) / len(window))


def share(window, frequency):
    """The share of the window's energy that lies at `frequency`: Goertzel's algorithm."""
    energy = sum(sample * sample for sample in window)
    if energy == 0:
        return 0.0
    coefficient = 2 * math.cos(2 * math.pi * frequency / RATE)
    before = last = 0.0
    for sample in window:
        before, last = last, sample + coefficient * last - before
    power = before * before + last * last - coefficient * before * last
    return 2 * power / (len(window) * energy)


def write_tone(path, frequency, seconds, level=8000):
    """A WAV file of a pure tone."""
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        samples = array.array("h", (
            int(level * math.sin(2 * math.pi * frequency * index / RATE)) for index in range(int(seconds * RATE))))
        if sys.byteorder == "big":
            samples.byteswap()
        file.writeframes(samples.tobytes())
