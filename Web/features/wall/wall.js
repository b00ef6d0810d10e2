// A wallboard's page: opened by a link, without signing in, on a screen that nobody sits at.

import { html, render } from "../../base/html.js";
import { loadIcons } from "../../base/icons.js";
import { guessLanguage, loadPatterns, speak } from "../../base/language.js";
import { loadTexts } from "../../base/text.js";
import { start } from "./wall-store.js";
import "./wall-page.js";

const pause = 10_000;

try {
    await Promise.all([loadPatterns(), loadTexts(["common", "floor", "figures", "wall"]), loadIcons()]);
} catch (error) {
    // The server went away while the page was read, and nobody is there to read it again.
    setTimeout(() => location.reload(), pause);
    throw error;
}
// Until the server has said in which language the wall is.
speak(guessLanguage(), { remember: false });
render(document.querySelector("#app"), html`<wall-page></wall-page>`);
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
start(location.pathname.split("/").at(-1));

/** A screen that nobody touches must not go to sleep: browsers see to that over TLS, for as long as the page is seen. */
async function stayAwake() {
    if (document.visibilityState === "visible") await navigator.wakeLock?.request("screen").catch(() => {});
}
