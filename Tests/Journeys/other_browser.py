"""A second kind of WebRTC client beside Chromium: aiortc, as an agent's headset."""

import asyncio
import fractions
import math
import struct
import threading
import time

import aioice.ice
from aiortc import RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack
from av import AudioFrame, AudioResampler

from phones import DEADLINE, Timeout
from sound import AUDIBLE, PURE, STEADY, loudness, share

TONE = 3350
RATE = 48_000
PACKET = 960
WINDOW = 160

# It leaves loopback out, where the server of a journey is.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]


class Tone(MediaStreamTrack):
    """A steady tone, 20 ms by 20 ms."""

    kind = "audio"

    def __init__(self, frequency):
        super().__init__()
        self._frequency = frequency
        self._sent = 0
        self._began = None
        self._pace = threading.Event()

    async def recv(self):
        self._began = self._began or time.monotonic()
        # At its pace.
        await asyncio.to_thread(self._pace.wait, max(0, self._began + self._sent / RATE - time.monotonic()))
        samples = [int(8000 * math.sin(2 * math.pi * self._frequency * (self._sent + i) / RATE)) for i in range(PACKET)]
        frame = AudioFrame(format="s16", layout="mono", samples=PACKET)
        frame.planes[0].update(struct.pack(f"<{PACKET}h", *samples))
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._sent, fractions.Fraction(1, RATE)
        self._sent += PACKET
        return frame


class OtherBrowser:
    """Connected as the headset of whoever sits at `seat`."""

    def __init__(self, seat, codec):
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._heard = []
        self._connection = None
        offer = self._run(self._offer(codec))
        self.answer = seat.request("POST", "/api/desk/audio", {"offer": offer, "audio": None})
        self._run(self._connect(self.answer["answer"]))

    def _run(self, task):
        return asyncio.run_coroutine_threadsafe(task, self._loop).result(DEADLINE)

    async def _offer(self, codec):
        self._connection = RTCPeerConnection()
        self._connection.addTrack(Tone(TONE))
        self._connection.on("track", lambda track: asyncio.ensure_future(self._listen(track)))
        wanted = [one for one in RTCRtpSender.getCapabilities("audio").codecs if one.mimeType == f"audio/{codec}"]
        self._connection.getTransceivers()[0].setCodecPreferences(wanted)
        await self._connection.setLocalDescription(await self._connection.createOffer())
        return self._connection.localDescription.sdp

    async def _connect(self, answer):
        await self._connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def _listen(self, track):
        resampler = AudioResampler(format="s16", layout="mono", rate=8000)
        rest = []
        while True:
            for frame in resampler.resample(await track.recv()):
                rest += struct.unpack(f"<{frame.samples}h", bytes(frame.planes[0])[: 2 * frame.samples])
            while len(rest) >= WINDOW:
                self._heard.append(rest[:WINDOW])
                rest = rest[WINDOW:]

    def hears(self, frequency, deadline=DEADLINE):
        """Waits until a tone is heard from now on."""
        begin, until = len(self._heard), time.monotonic() + deadline
        while True:
            run = 0
            for window in self._heard[begin:]:
                run = run + 1 if loudness(window) >= AUDIBLE and share(window, frequency) >= PURE else 0
                if run >= STEADY:
                    return
            if time.monotonic() > until:
                raise Timeout(f"{frequency} Hz was not heard within {deadline} s in {len(self._heard) - begin} windows")
            time.sleep(0.05)  # polling

    def stop(self):
        self._run(self._connection.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
