"""A soft phone in the terminal, for whoever has none at hand: registers, rings, is answered with Enter.

Started by script/phone. It uses the sound card where there is one; without one the line is silent, but everything else works.
"""

import argparse
import select
import sys
import time

import pjsua2


class Call(pjsua2.Call):
    """A call, sounding through the sound card."""

    is_answered = False

    def onCallState(self, parameters):
        info = self.getInfo()
        if info.state == pjsua2.PJSIP_INV_STATE_CONFIRMED:
            say("Talking. Enter hangs up.")
        if info.state == pjsua2.PJSIP_INV_STATE_DISCONNECTED:
            say(f"Over ({info.lastReason}).")
            # A second caller who was told that we are busy must not end the first.
            if phone.call is self:
                phone.call = None

    def onCallMediaState(self, parameters):
        info = self.getInfo()
        for index, media in enumerate(info.media):
            if media.type == pjsua2.PJMEDIA_TYPE_AUDIO and media.status == pjsua2.PJSUA_CALL_MEDIA_ACTIVE:
                devices = phone.endpoint.audDevManager()
                audio = self.getAudioMedia(index)
                devices.getCaptureDevMedia().startTransmit(audio)
                audio.startTransmit(devices.getPlaybackDevMedia())

    def reply(self, status):
        parameters = pjsua2.CallOpParam()
        parameters.statusCode = status
        self.answer(parameters)
        self.is_answered = status == pjsua2.PJSIP_SC_OK


class Account(pjsua2.Account):
    def onRegState(self, parameters):
        say("Registered. Waiting for calls; Ctrl-C ends." if parameters.code == 200 else f"Not registered: {parameters.code}.")

    def onIncomingCall(self, parameters):
        call = Call(self, parameters.callId)
        if phone.call:
            call.reply(pjsua2.PJSIP_SC_BUSY_HERE)
            return
        phone.call = call
        call.rings_since = time.monotonic()
        call.reply(pjsua2.PJSIP_SC_RINGING)
        say(f"\aRinging: {call.getInfo().remoteUri}. Enter answers.")


class Phone:
    def __init__(self, options):
        self.options = options
        self.call = None
        self.endpoint = pjsua2.Endpoint()
        self.endpoint.libCreate()
        settings = pjsua2.EpConfig()
        settings.uaConfig.threadCnt = 0
        settings.uaConfig.mainThreadOnly = True
        settings.logConfig.level = settings.logConfig.consoleLevel = 0
        self.endpoint.libInit(settings)
        transport = pjsua2.TransportConfig()
        transport.boundAddress = options.address
        self.endpoint.transportCreate(pjsua2.PJSIP_TRANSPORT_UDP, transport)
        self.endpoint.libStart()
        if self.endpoint.audDevManager().getDevCount() == 0:
            say("No sound card: the line will be silent.")
            self.endpoint.audDevManager().setNullDev()

    def register(self):
        account = pjsua2.AccountConfig()
        account.idUri = f"sip:{self.options.user}@{self.options.server}"
        account.regConfig.registrarUri = f"sip:{self.options.server}"
        account.sipConfig.authCreds.append(pjsua2.AuthCredInfo("digest", "*", self.options.user, 0, self.options.secret))
        account.mediaConfig.transportConfig.boundAddress = self.options.address
        self.account = Account()
        self.account.create(account)

    def run(self):
        while True:
            self.endpoint.libHandleEvents(50)
            call, patience = self.call, self.options.answer
            if call and not call.is_answered and patience is not None and time.monotonic() - call.rings_since >= patience:
                call.reply(pjsua2.PJSIP_SC_OK)
            if sys.stdin.isatty() and select.select([sys.stdin], [], [], 0)[0] and sys.stdin.readline() and call:
                if call.is_answered:
                    call.hangup(pjsua2.CallOpParam())
                else:
                    call.reply(pjsua2.PJSIP_SC_OK)


def say(text):
    print(text, flush=True)


arguments = argparse.ArgumentParser(prog="script/phone", description="A soft phone in the terminal.")
arguments.add_argument("--server", default="127.0.0.1:5060", help="the centre's SIP address")
arguments.add_argument("--user", default="101")
arguments.add_argument("--secret", default="take-the-first-call")
arguments.add_argument("--address", default="127.0.0.1", help="the address of this phone")
arguments.add_argument("--answer", type=float, metavar="SECONDS", help="answer by itself after so long")
phone = Phone(arguments.parse_args())
phone.register()
try:
    phone.run()
except KeyboardInterrupt:
    phone.endpoint.libDestroy()
