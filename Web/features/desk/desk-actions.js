import { defineAction } from "../../base/keys.js";
import { session } from "../session/session.js";

const when = () => session.value?.user.agent === true;

// Function keys and letters with Alt work while a note is typed. What is done often, and in a hurry, is one function key away.
defineAction("presence", { key: "F2", label: "common.keys.presence", when });
defineAction("answer", { key: "F3", label: "call.answer", when, onButton: true });
defineAction("decline", { key: "F4", label: "desk.decline", when, onButton: true });
defineAction("hold", { key: "F6", label: "call.hold", when, onButton: true });
defineAction("mute", { key: "F7", label: "call.mute", when, onButton: true });
defineAction("recording", { key: "Alt+KeyR", label: "call.recording.title", when, onButton: true });
defineAction("form", { key: "F8", label: "common.keys.form", when });
defineAction("complete", { key: "F9", label: "common.keys.complete", when, onButton: true });
defineAction("askForWrapUp", { key: "Alt+KeyA", label: "desk.askForWrapUpKey", when, onButton: true });
defineAction("transfer", { key: "F10", label: "call.transfer.title", when, onButton: true });
defineAction("dial", { key: "Alt+KeyD", label: "call.dial.title", when, onButton: true });
defineAction("keypad", { key: "Alt+KeyK", label: "call.keypad", when, onButton: true });
defineAction("handOver", { key: "Alt+KeyS", label: "call.handOver.title", when, onButton: true });
defineAction("askForHelp", { key: "Alt+KeyH", label: "desk.help", when, onButton: true });
defineAction("end", { key: "Alt+KeyE", label: "call.end", when, onButton: true });
defineAction("swap", { key: "Alt+KeyW", label: "call.consult.swap", when, onButton: true });
defineAction("confer", { key: "Alt+KeyC", label: "call.consult.confer", when, onButton: true });
defineAction("completeConsult", { key: "Alt+KeyT", label: "call.consult.completeKey", when, onButton: true });
defineAction("cancelConsult", { key: "Alt+KeyX", label: "call.consult.cancel", when, onButton: true });
