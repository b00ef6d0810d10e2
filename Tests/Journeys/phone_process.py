"""One SIP phone in a process of its own: pjsua2 holds one library a process.

Started by phones.py. Takes orders and tells what happens as lines of JSON on one inherited socket; every event carries `at`,
the system-wide monotonic clock, so that moments in different phones can be compared.
"""

import json
import os
import select
import socket
import sys
import time

import pjsua2

RATE = 8000
EVENTS_PAUSE_MILLISECONDS = 5
SESSION_EXPIRES_MIN = 90  # RFC 4028 section 5
REGISTER_PAUSE = 1
TRANSPORTS = {
    "udp": pjsua2.PJSIP_TRANSPORT_UDP, "tcp": pjsua2.PJSIP_TRANSPORT_TCP, "tls": pjsua2.PJSIP_TRANSPORT_TLS}


class Wire:
    """The socket to the test: events out, orders in."""

    def __init__(self, descriptor):
        self.socket = socket.socket(fileno=descriptor)
        self.pending = b""

    def tell(self, event, at=None, **details):
        line = json.dumps({"event": event, "at": at or time.monotonic(), **details})
        self.socket.sendall(line.encode() + b"\n")

    def orders(self):
        """The orders that have come; None when the test has gone."""
        if not select.select([self.socket], [], [], 0)[0]:
            return []
        received = self.socket.recv(65536)
        if not received:
            return None
        *lines, self.pending = (self.pending + received).split(b"\n")
        return [json.loads(line) for line in lines]


class Call(pjsua2.Call):
    """A call: sends the phone's tone, records what is heard."""

    def __init__(self, phone, call_id=pjsua2.PJSUA_INVALID_ID):
        super().__init__(phone.account, call_id)
        self.phone = phone
        self.number = phone.next_number()
        self.recorder = None
        self.recording = None
        self.has_ended = False

    def onCallState(self, parameters):
        info = self.getInfo()
        if info.state == pjsua2.PJSIP_INV_STATE_EARLY and info.role == pjsua2.PJSIP_ROLE_UAC:
            self.phone.wire.tell("progress", call=self.number, code=info.lastStatusCode)
        elif info.state == pjsua2.PJSIP_INV_STATE_CONFIRMED:
            self.phone.wire.tell("confirmed", call=self.number)
        elif info.state == pjsua2.PJSIP_INV_STATE_DISCONNECTED:
            self.has_ended = True
            self.phone.wire.tell("ended", call=self.number, code=info.lastStatusCode, reason=info.lastReason)

    def onCallMediaState(self, parameters):
        # Kept by name while its parts are read: they live in its memory.
        info = self.getInfo()
        for index, media in enumerate(info.media):
            if media.status == pjsua2.PJSUA_CALL_MEDIA_LOCAL_HOLD:
                self.phone.wire.tell("held", call=self.number)
            if media.type != pjsua2.PJMEDIA_TYPE_AUDIO or media.status != pjsua2.PJSUA_CALL_MEDIA_ACTIVE:
                continue
            audio = self.getAudioMedia(index)
            self.phone.tone.startTransmit(audio)
            if self.recorder is None:
                self.recording = os.path.join(self.phone.plan["recordings"], f"{self.phone.plan['name']}-{self.number}.wav")
                self.recorder = pjsua2.AudioMediaRecorder()
                self.recorder.createRecorder(self.recording)
            audio.startTransmit(self.recorder)
            # Sample n of the recording was heard n/8000 s after this.
            self.phone.wire.tell("media", call=self.number, recording=self.recording)

    def onCallTsxState(self, parameters):
        transaction = parameters.e.body.tsxState.tsx
        if (transaction.method == "INVITE" and transaction.role == pjsua2.PJSIP_ROLE_UAC and transaction.statusCode >= 300
                and transaction.state == pjsua2.PJSIP_TSX_STATE_COMPLETED and self.getInfo().state == pjsua2.PJSIP_INV_STATE_CONFIRMED):
            self.phone.wire.tell("refused", call=self.number, code=transaction.statusCode)

    def onCallTransferStatus(self, parameters):
        self.phone.wire.tell("transfer", call=self.number, code=parameters.statusCode)

    def onDtmfDigit(self, parameters):
        self.phone.wire.tell("digit", call=self.number, digit=parameters.digit)

    def close(self):
        """Lets go of the recorder; some time later the library's own thread writes the rest."""
        self.recorder = None

    def is_written(self):
        """Whether the file is whole: its length is filled in last."""
        with open(self.recording, "rb") as file:
            return len(header := file.read(44)) == 44 and header[40:] != bytes(4)


class Account(pjsua2.Account):
    def __init__(self, phone):
        super().__init__()
        self.phone = phone

    def onRegState(self, parameters):
        info = self.getInfo()
        registered = info.regIsActive and parameters.code == 200
        self.phone.wire.tell("registered" if registered else "unregistered", code=parameters.code)

    def onIncomingCall(self, parameters):
        self.phone.rings(parameters.callId)


class Phone:
    def __init__(self, wire, plan):
        self.wire = wire
        self.plan = plan
        self.calls = []
        self.closing = []
        self.numbers = 0
        self.endpoint = pjsua2.Endpoint()
        self.endpoint.libCreate()
        self.endpoint.libInit(self._settings())
        self._choose_codecs()
        self.port = self._open_transport()
        self.endpoint.libStart()
        self.endpoint.audDevManager().setNullDev()
        self._start_tone()
        self.account = Account(self)
        self.account.create(self._account())
        wire.tell("ready", port=self.port)

    def next_number(self):
        self.numbers += 1
        return self.numbers

    def _settings(self):
        settings = pjsua2.EpConfig()
        settings.uaConfig.threadCnt = 0
        settings.uaConfig.mainThreadOnly = True
        settings.uaConfig.userAgent = f"journey phone {self.plan['name']}"
        settings.medConfig.clockRate = RATE
        settings.medConfig.sndClockRate = RATE
        settings.medConfig.noVad = True
        settings.medConfig.ecTailLen = 0
        settings.logConfig.level = 4
        settings.logConfig.consoleLevel = 0
        settings.logConfig.msgLogging = 1
        settings.logConfig.filename = self.plan["log"]
        return settings

    def _choose_codecs(self):
        for codec in self.endpoint.codecEnum2():
            name = codec.codecId.split("/")[0]
            wanted = self.plan["codecs"]
            priority = 200 - wanted.index(name) if name in wanted else 0
            self.endpoint.codecSetPriority(codec.codecId, priority)

    def _open_transport(self):
        settings = pjsua2.TransportConfig()
        settings.boundAddress = self.plan["address"]
        settings.port = self.plan["port"]
        if self.plan["transport"] == "tls":
            settings.tlsConfig.certFile, settings.tlsConfig.privKeyFile = self.plan["certificate"]
        transport = self.endpoint.transportCreate(TRANSPORTS[self.plan["transport"]], settings)
        return int(self.endpoint.transportGetInfo(transport).localName.rsplit(":", 1)[1])

    def _start_tone(self):
        if self.plan["speaks"]:
            # It begins with the first call, and again at its end.
            self.tone = pjsua2.AudioMediaPlayer()
            self.tone.createPlayer(self.plan["speaks"])
            return
        self.tone = pjsua2.ToneGenerator()
        self.tone.createToneGenerator(RATE, 1)
        note = pjsua2.ToneDesc()
        note.freq1 = self.plan["frequency"]
        note.on_msec = 1000
        note.off_msec = 0
        notes = pjsua2.ToneDescVector()
        notes.append(note)
        self.tone.play(notes, True)

    def _account(self):
        settings = pjsua2.AccountConfig()
        settings.idUri = f"sip:{self.plan['user']}@{self.plan['domain']}"
        settings.mediaConfig.transportConfig.boundAddress = self.plan["address"]
        settings.mediaConfig.transportConfig.publicAddress = self.plan["address"]
        settings.mediaConfig.transportConfig.port = self.plan["media_port"]
        # Contact and Via as they are: no guessing from what the other side sees.
        settings.natConfig.contactRewriteUse = 0
        settings.natConfig.viaRewriteUse = 0
        settings.natConfig.sdpNatRewriteUse = 0
        if self.plan["transport"] != "udp" and self.plan["listens"]:
            # Else its Contact names the port of its connection, where nobody listens.
            settings.sipConfig.contactForced = f"<sip:{self.plan['user']}@{self.plan['address']}:{self.port}{self._by()}>"
        settings.callConfig.timerUse = pjsua2.PJSUA_SIP_TIMER_INACTIVE
        if self.plan["session_expires"]:
            settings.callConfig.timerUse = pjsua2.PJSUA_SIP_TIMER_ALWAYS
            settings.callConfig.timerMinSESec = SESSION_EXPIRES_MIN
            settings.callConfig.timerSessExpiresSec = self.plan["session_expires"]
        secret = self.plan.get("secret")
        if secret:
            settings.regConfig.registrarUri = f"sip:{self.plan['domain']}" + self._by()
            settings.regConfig.timeoutSec = 300
            settings.regConfig.retryIntervalSec = settings.regConfig.firstRetryIntervalSec = REGISTER_PAUSE
            settings.regConfig.randomRetryIntervalSec = 0
            settings.sipConfig.authCreds.append(pjsua2.AuthCredInfo("digest", "*", self.plan["user"], 0, secret))
        return settings

    def _by(self):
        """What an address says of how to get there."""
        return "" if self.plan["transport"] == "udp" else f";transport={self.plan['transport']}"

    def rings(self, call_id):
        call = Call(self, call_id)
        self.calls.append(call)
        info = call.getInfo()
        manner = self.plan["manner"]
        self.wire.tell("rings", call=call.number, caller=info.remoteUri, called=info.localUri)
        if manner == "busy":
            self._answer(call, 486)
        else:
            self._answer(call, 180)
            if manner == "answer":
                self._pick_up(call)

    def _answer(self, call, code):
        parameters = pjsua2.CallOpParam(True)
        parameters.statusCode = code
        call.answer(parameters)

    def _pick_up(self, call):
        self.wire.tell("answering", call=call.number)
        self._answer(call, 200)

    def meant(self, order):
        """The call with the order's number; without one the latest that lives."""
        number = order.get("call")
        alive = [call for call in self.calls if not call.has_ended and number in (None, call.number)]
        return alive[-1] if alive else None

    def carry_out(self, order):
        kind, meant = order["order"], self.meant(order)
        if kind == "call":
            call = Call(self)
            self.calls.append(call)
            self.wire.tell("calling", call=call.number)
            call.makeCall(order["uri"] + self._by(), pjsua2.CallOpParam(True))
        elif kind == "answer" and meant:
            self._pick_up(meant)
        elif kind == "refuse" and meant:
            self._answer(meant, order["code"])
        elif kind == "hang up" and meant:
            self.wire.tell("hanging up", call=meant.number)
            meant.hangup(pjsua2.CallOpParam())
        elif kind == "hold" and meant:
            meant.setHold(pjsua2.CallOpParam())
        elif kind == "take back" and meant:
            parameters = pjsua2.CallOpParam(True)
            parameters.opt.flag = pjsua2.PJSUA_CALL_UNHOLD
            meant.reinvite(parameters)
        elif kind == "transfer" and meant:
            meant.xfer(order["uri"], pjsua2.CallOpParam(True))
        elif kind == "join" and meant:
            with_call = next(call for call in self.calls if call.number == order["with"])
            meant.xferReplaces(with_call, pjsua2.CallOpParam(True))
        elif kind == "dial" and meant:
            meant.dialDtmf(order["digits"])
        elif kind == "manner":
            self.plan["manner"] = order["manner"]
        elif kind == "register":
            self.account.setRegistration(order["wanted"])
        else:
            self.wire.tell("impossible", order=kind)

    def run(self):
        while True:
            self.endpoint.libHandleEvents(EVENTS_PAUSE_MILLISECONDS)
            for call in [call for call in self.calls if call.has_ended]:
                self.calls.remove(call)
                call.close()
                self.closing.append(call)
            for call in [call for call in self.closing if not call.recording or call.is_written()]:
                self.closing.remove(call)
                self.wire.tell("recorded", call=call.number, recording=call.recording)
            orders = self.wire.orders()
            if orders is None or any(order["order"] == "stop" for order in orders):
                return
            for order in orders:
                try:
                    self.carry_out(order)
                except pjsua2.Error as error:
                    self.wire.tell("impossible", order=order["order"], reason=error.reason)


def main():
    wire = Wire(int(sys.argv[1]))
    phone = Phone(wire, json.loads(sys.argv[2]))
    phone.run()
    # Without a word to anybody, as a cut cable would: calls and registrations are ended by orders. Writes out the log.
    phone.endpoint.libDestroy(pjsua2.PJSUA_DESTROY_NO_NETWORK)
    os._exit(0)


if __name__ == "__main__":
    main()
