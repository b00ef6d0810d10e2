"""The noise of a floor full of agents, and one of them who speaks in it: by espeak-ng."""

import array
import math
import os
import subprocess
import sys
import wave

from sound import loudness

# The dialects and the voices of espeak-ng that differ most.
DIALECTS = ["en-gb", "en-us", "en-gb-scotland", "en-029"]
VOICES = ["m1", "f1", "m3", "f2"]
TALK = (
    "And then the customer asks about the bill of last month, and whether the modem has to be off at night, while the colleague beside "
    "you reads out a number, twice, because the line of his own customer is bad; somebody laughs, somebody orders lunch, and the rain "
    "is at the windows, where the supervisor explains the new tariff to a man who wanted to know something else entirely.")
SENTENCE = "Good afternoon. You are speaking with Eva. What can I do for you today? I see your contract here, and I shall put it right."
SPEAKERS = 12
# Each of them is heard so many times, from as many places in their talk: a floor of eighty people hums.
TIMES = 7
BABBLE_LEVEL = 0.02
SPEECH_LEVEL = 0.15
# The noise alone, before the agent speaks and between what she says.
PAUSE = 8.0


def write_speech_over_babble(path):
    """A WAV file: noise alone, then speech in the same noise. Played in a loop."""
    folder = os.path.dirname(path)
    voices = [
        _spoken(os.path.join(folder, f"voice-{index}.wav"), TALK, f"{DIALECTS[index % 4]}+{VOICES[index // 3 % 4]}", 150 + 6 * index)
        for index in range(SPEAKERS)]
    speech, rate = _spoken(os.path.join(folder, "speech.wav"), SENTENCE, "en-gb+f3", 160)
    one = _mixed([samples for samples, _ in voices])
    period = min(len(samples) for samples, _ in voices)
    babble = _mixed([_turned(one[:period], period * index // TIMES) for index in range(TIMES)])
    pause = int(PAUSE * rate)
    length = pause + len(speech)
    noise = _levelled((babble * (length // period + 1))[:length], BABBLE_LEVEL)
    mixed = _mixed([noise, [0.0] * pause + _levelled(speech, SPEECH_LEVEL)])
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        samples = array.array("h", (max(-32768, min(32767, int(32768 * sample))) for sample in mixed))
        if sys.byteorder == "big":
            samples.byteswap()
        file.writeframes(samples.tobytes())


def quiet_and_loud(recording, since):
    """How loud the quieter and the louder parts of a recording are, in decibels below full scale: the noise, and the voice."""
    levels = sorted(max(1.0, loudness(window)) for _, window in recording.windows(since))
    return tuple(_decibels(levels[int(len(levels) * part)]) for part in (0.25, 0.95))


def _decibels(level):
    return 20 * math.log10(level / 32768)


def _spoken(path, text, voice, speed):
    subprocess.run(["espeak-ng", "-v", voice, "-s", str(speed), "-w", path, text], check=True, capture_output=True)
    with wave.open(path, "rb") as file:
        samples = array.array("h", file.readframes(file.getnframes()))
        if sys.byteorder == "big":
            samples.byteswap()
        return [sample / 32768 for sample in samples], file.getframerate()


def _mixed(parts):
    mixed = [0.0] * max(map(len, parts))
    for part in parts:
        for index, sample in enumerate(part):
            mixed[index] += sample
    return mixed


def _turned(samples, by):
    return samples[by:] + samples[:by]


def _levelled(samples, level):
    """At a root mean square of `level`, full scale being 1."""
    factor = level / loudness(samples)
    return [sample * factor for sample in samples]
