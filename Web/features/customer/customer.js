// The customer's page: a telephone for anyone, without signing in. It knows nothing of the desk's screens.

import { html, render } from "../../base/html.js";
import { loadIcons } from "../../base/icons.js";
import { guessLanguage, loadPatterns, speak } from "../../base/language.js";
import { loadTexts } from "../../base/text.js";
import "./customer-page.js";

await Promise.all([loadPatterns(), loadTexts(["common", "customer", "errors"]), loadIcons()]);
speak(guessLanguage());
render(document.querySelector("#app"), html`<customer-page></customer-page>`);
