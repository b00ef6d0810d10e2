// Wires the features together: reads the texts, asks who is signed in, and shows the screen of the place we are at.

import { html, render } from "./base/html.js";
import { icon, loadIcons } from "./base/icons.js";
import { startKeys } from "./base/keys.js";
import { loadPatterns } from "./base/language.js";
import { go, place, startRouter } from "./base/router.js";
import { loadTexts } from "./base/text.js";
import { home, resume, session } from "./features/session/session.js";
import "./features/session/first-administrator.js";
import "./features/session/sign-in.js";
import "./shell/app-shell.js";

const app = document.querySelector("#app");
const signInPath = "/sign-in";
// The link that a new server prints: it makes the first administrator.
const welcomePath = "/welcome";
// Where somebody wanted to go before signing in.
let wanted = null;

function show() {
    if (session.value === null) {
        if (place.value.path === welcomePath) return render(app, html`<first-administrator></first-administrator>`);
        if (place.value.path !== signInPath) {
            wanted ??= place.value.path === "/" ? null : location.pathname + location.search;
            return go(signInPath, { replace: true });
        }
        return render(app, html`<sign-in></sign-in>`);
    }
    if (["/", signInPath, welcomePath].includes(place.value.path)) {
        const target = wanted ?? home();
        wanted = null;
        return go(target, { replace: true });
    }
    render(app, html`<app-shell></app-shell>`);
}

/** Before anything else can be shown: why not yet. */
function showProblem(problem) {
    render(app, html`<main class="empty">${icon("alert")}<p role="alert">${problem.text}</p></main>`);
}

await Promise.all([loadPatterns(), loadTexts(), loadIcons()]);
await resume(showProblem);
startRouter();
startKeys();
place.subscribe(show);
session.subscribe(show);
