import { defineAction } from "../../base/keys.js";
import { offer } from "../desk/desk-tabs.js";
import { session } from "../session/session.js";
import "./form-sheet.js";
import "./script-panel.js";
import { work } from "./work.js";

const when = () => session.value?.user.agent === true;

defineAction("forms", { key: "Alt+KeyF", label: "scripting.keys.forms", when });
defineAction("script", { key: "Alt+KeyQ", label: "scripting.keys.script", when });
defineAction("scriptBack", { key: "Alt+KeyB", label: "scripting.keys.back", when, onButton: true });
defineAction("objections", { key: "Alt+KeyO", label: "scripting.keys.objections", when, onButton: true });

// What the project has for the contact comes to the front when the talk begins.
const begins = ({ state }) => state === "talking";

offer("middle", { name: "forms", label: "scripting.tab.forms", element: "form-sheet", store: work, begins, isThere: () => (work.value?.forms.length ?? 0) > 0 });
offer("side", { name: "script", label: "scripting.tab.script", element: "script-panel", store: work, begins, isThere: () => Boolean(work.value?.script) });
