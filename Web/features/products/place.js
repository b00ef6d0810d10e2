import { defineAction } from "../../base/keys.js";
import { offer } from "../desk/desk-tabs.js";
import { session } from "../session/session.js";
import "./proposal-panel.js";
import { proposals } from "./proposals-store.js";

defineAction("proposals", { key: "Alt+KeyP", label: "products.key", when: () => session.value?.user.agent === true });

const hasAny = () => {
    const now = proposals.value;
    return now !== null && now.suggestions.length + now.notProposed.length + now.proposals.length > 0;
};

offer("middle", { name: "proposals", label: "products.tab", element: "proposal-panel", store: proposals, isThere: hasAny });
