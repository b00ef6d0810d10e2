// What a screen reader says without being asked: an offer at once, everything else when it has finished speaking.

function region(politeness) {
    return document.querySelector(`[data-announce="${politeness}"]`);
}

function say(politeness, text) {
    const target = region(politeness);
    if (!target) return;
    target.textContent = "";
    // The same text twice is spoken only if the region was empty in between.
    setTimeout(() => (target.textContent = text), 50);
}

/** Interrupts: an offer has a deadline. */
export function announceNow(text) {
    say("assertive", text);
}

/** Waits until the reader has finished; for what happens seldom. */
export function announce(text) {
    say("polite", text);
}
