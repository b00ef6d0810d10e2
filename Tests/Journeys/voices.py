"""Speech that is nobody's: syllables of a known loudness, for what is measured of voices."""

import array
import math
import sys
import wave

from sound import RATE, loudness

SYLLABLE = 0.2
# Between words, after every fourth syllable.
PAUSE = 0.08


def write_voice(path, parts, rate=RATE):
    """A WAV file of (seconds, level) after each other: speech at so many decibels below full scale, or silence where the level is None."""
    samples = array.array("h")
    for seconds, level in parts:
        samples.extend(_silence(seconds, rate) if level is None else _speech(seconds, level, rate))
    if sys.byteorder == "big":
        samples.byteswap()
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())


def seconds_spoken(recording, since, shortest=0.5):
    """How long somebody speaks in a recording from a moment on: in stretches of a certain length, in which short pauses count."""
    run, spoken, silent = 0.0, 0.0, 0.0
    step = 0.01
    for _, window in recording.windows(since):
        if loudness(window) >= 200:
            run, silent = run + silent + step, 0.0
            continue
        silent += step
        if silent > 0.2:
            spoken += run if run >= shortest else 0.0
            run, silent = 0.0, 0.0
    return spoken + (run if run >= shortest else 0.0)


def _silence(seconds, rate):
    return [0] * int(seconds * rate)


def _speech(seconds, level, rate):
    samples = []
    number = 0
    while len(samples) < seconds * rate:
        pitch = 110 + 15 * (number * 7 % 9)
        length = int(SYLLABLE * rate)
        for index in range(length):
            shape = 0.2 + 0.8 * math.sin(math.pi * index / length)
            turn = 2 * math.pi * pitch * index / rate
            samples.append(shape * sum(math.sin(turn * part) / part for part in range(1, 9)))
        number += 1
        if number % 4 == 0:
            samples.extend([0.0] * int(PAUSE * rate))
    del samples[int(seconds * rate):]
    factor = 32768 * 10 ** (level / 20) / math.sqrt(sum(sample * sample for sample in samples) / len(samples))
    return [int(max(-32768, min(32767, sample * factor))) for sample in samples]
