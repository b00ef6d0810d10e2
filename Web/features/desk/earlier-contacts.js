import { PageElement } from "../../base/element.js";
import { dateTime, phone } from "../../base/format.js";
import { now } from "../../base/clock.js";
import { attribute, html, render } from "../../base/html.js";
import { icon } from "../../base/icons.js";
import { t } from "../../base/text.js";
import { outcomeMark } from "../../elements/state-mark/state-mark.js";
import "../customers/customer-card.js";
import { customerAtDesk } from "../customers/customer-store.js";
import "../customers/customer-timeline.js";
import { callBack, callBackButton } from "./call-back.js";
import { canDial, deskStore, lastContact } from "./desk-store.js";

/** Left: the slots for contacts, each in the colour and shape of its state, and what happened with this customer before. */
class EarlierContacts extends PageElement {
    start() {
        this.watch(deskStore, lastContact, customerAtDesk);
        this.act({ callBack: (source) => callBack(source.value) });
    }

    show() {
        const desk = deskStore.value;
        const contact = desk?.contact ?? null;
        const { chosen, known } = customerAtDesk.value;
        render(
            this,
            html`<section class="panel slots" aria-labelledby="slots-title">
                    <h2 class="panel-title" id="slots-title">${t("desk.myContacts")}</h2>
                    ${this.#slot(contact, desk)}
                </section>
                <customer-card></customer-card>
                ${chosen ? html`<customer-timeline data-key="timeline" id="desk" customer="${chosen.id}"></customer-timeline>` : html`<section
                    class="panel earlier" data-key="earlier" aria-labelledby="earlier-title" ${attribute("tabindex", known ? "0" : null)}>
                    <h2 class="panel-title" id="earlier-title">${t("desk.earlier")}</h2>
                    ${this.#earlier(contact)}
                    ${contact === null && lastContact.value && this.#last(lastContact.value, canDial(desk))}
                </section>`}`,
        );
    }

    #slot(contact, desk) {
        if (contact === null && desk?.consulted) return this.#busy("consulted", desk.consulted.by.name);
        if (contact === null && desk?.supervising) return this.#busy("supervising", desk.supervising.agent);
        if (contact === null) {
            return html`<div class="slot slot-free" data-key="free">${icon("phone")}<span>${t("desk.slotFree")}</span></div>`;
        }
        const mark = contact.state === "ringing" ? "offered" : contact.state;
        return html`<div class="slot" data-key="taken" data-state="${contact.state}">
            ${icon("phone")}
            <span class="slot-text">
                <span class="number">${contact.number === null ? t("common.numberWithheld") : phone(contact.number)}</span>
                <span class="state-text slot-state">${icon(mark)}<span>${t(`common.state.${mark}`)}</span></span>
            </span>
        </div>`;
    }

    /** The phone is taken without a contact. */
    #busy(state, name) {
        return html`<div class="slot" data-key="${state}" data-state="${state}">
            ${icon("phone")}
            <span class="slot-text">
                <bdi class="slot-who">${name}</bdi>
                <span class="state-text slot-state">${icon(state)}<span>${t(`common.state.${state}`)}</span></span>
            </span>
        </div>`;
    }

    /** Whoever was cut off is called back from here. */
    #last({ id, number }, possible) {
        return html`<div class="last-contact" data-key="last">
            <p class="soft">${t("desk.last")}</p>
            <p class="number">${phone(number)}</p>
            ${callBackButton({ id, number }, possible)}
        </div>`;
    }

    #earlier(contact) {
        if (contact === null) return html`<div class="empty" data-key="none">${icon("contacts")}<p>${t("desk.earlierNobody")}</p></div>`;
        if (contact.earlier.length === 0) return html`<div class="empty"
            data-key="first">${icon("contacts")}<p>${t("desk.earlierFirst")}</p></div>`;
        return html`<ol data-key="list" tabindex="0" aria-labelledby="earlier-title">
            ${contact.earlier.map(
                (entry) => html`<li data-key="${entry.id}">
                    <p class="earlier-head"><time>${dateTime(entry.openedAt, now())}</time> ${outcomeMark(entry.outcome)}</p>
                    <p class="earlier-what">${entry.disposition ?? t("desk.noDisposition")}</p>
                    ${entry.note && html`<p class="earlier-note" dir="auto">${entry.note}</p>`}
                    <p class="soft earlier-who"><bdi>${entry.queue}</bdi>${entry.agent && html` · <bdi>${entry.agent}</bdi>`}</p>
                </li>`,
            )}
        </ol>`;
    }
}

customElements.define("earlier-contacts", EarlierContacts);
