import { t } from "../../../base/text.js";
import { kind } from "../forms.js";
import { put } from "../values.js";
import { address, digitsOf, hostOrAddress, international, range, secret, socketAddress, text } from "../rules.js";
import { atTop } from "./places.js";

const ways = () => ["registers", "fixed"].map((id) => ({ id, name: t(`settings.phone.access.${id}`) }));
const transports = () => ["udp", "tcp", "tls"].map((id) => ({ id, name: id.toUpperCase() }));
// What providers call them, in every language.
const headers = () => [
    { id: "assertedIdentity", name: "P-Asserted-Identity" }, { id: "remoteParty", name: "Remote-Party-ID" }, { id: "from", name: "From" }];
const formats = () => [{ id: "e164", name: "\u2066+442079460100\u2069" }, { id: "digits", name: "442079460100" }];

const phoneUser = (value) => (/^[\w.+-]{1,60}$/.test(value) ? null : { rule: "malformed" });
const lineKey = (value) => (/^[\w-]{1,60}$/.test(value) ? null : { rule: "malformed" });

/** What is to be typed into a telephone so that it finds us. */
function phoneRows(user, password, facts) {
    const ports = (facts?.sip ?? []).map(({ transport, port }) => `${transport.toUpperCase()} ${port}`);
    return [
        [t("settings.card.server"), location.hostname],
        ...(ports.length > 0 ? [[t("settings.card.port"), ports.join(", ")]] : []),
        [t("settings.card.phoneUser"), user],
        [t("session.password"), password],
    ];
}

export const phones = kind({
    id: "phones", one: "phone", ...atTop("phones"), icon: "phone",
    title: "settings.phones", add: "settings.phones.add", purpose: "settings.phones.purpose", removing: "settings.removing.phone",
    name: ({ key }) => key,
    isLatinName: true,
    detail: ({ key }, setUp, facts) => {
        const { user = null, reachable } = facts?.phones?.[key] ?? {};
        const state = reachable === undefined ? "" : t(reachable ? "settings.phone.reachable" : "settings.phone.notReachable");
        return [setUp.users?.[user]?.name ?? t("settings.phone.nobody"), state].filter(Boolean).join(" · ");
    },
    newKey: (value) => value.$key.trim(),
    blank: () => ({ $key: "", $access: "registers" }),
    open: (value) => ({ ...value, $access: value.address ? "fixed" : "registers" }),
    wire: ({ $access, secret: word, address: fixed }) => ($access === "fixed" ? { address: fixed } : { secret: word }),
    card: ({ key, value, facts }) =>
        value.secret && { title: t("settings.card.phone", { phone: key }), rows: phoneRows(key, value.secret, facts) },
    groups: [
        {
            id: "all",
            fields: [
                {
                    name: "$key", type: "text", label: "settings.phone.user", required: true, isLatin: true, rules: [phoneUser],
                    when: ({ $isNew }) => $isNew, hint: () => t("settings.phone.user.hint"),
                },
                {
                    name: "$access", type: "choice", label: "settings.phone.access", required: true, options: ways,
                    hint: ({ $access }) => t(`settings.phone.accessSays.${$access}`),
                },
                {
                    name: "secret", type: "secret", label: "settings.phone.secret", length: 20, rules: [secret(12)],
                    required: ({ $isNew, $access }, draft) => $access === "registers" && ($isNew === true || Boolean(draft?.base?.address)),
                    when: ({ $access }) => $access === "registers", hint: ({ $isNew }) => t($isNew ? "settings.phone.secret.hint" : "settings.phone.secret.kept"),
                },
                {
                    name: "address", type: "text", label: "settings.phone.address", required: true, isLatin: true, rules: [socketAddress],
                    when: ({ $access }) => $access === "fixed", hint: () => t("settings.phone.address.hint"),
                },
            ],
        },
    ],
});

const hasServer = (value) => Boolean(value.server);
const hasLogin = (value) => hasServer(value) && typeof value.login === "object" && value.login !== null;
const hasNumber = (value) => hasServer(value) && typeof value.presents === "object" && value.presents !== null;

export const trunks = kind({
    id: "trunks", one: "trunk", ...atTop("trunks"), icon: "transfer",
    title: "settings.trunks", add: "settings.trunks.add", purpose: "settings.trunks.purpose", removing: "settings.removing.trunk",
    name: ({ key }) => key,
    isLatinName: true,
    detail: ({ key, value }, setUp, facts) => {
        const state = facts?.trunks?.[key]?.state;
        const words = ["registered", "registering", "refused", "unreachable", "off"].includes(state) ? t(`settings.trunk.state.${state}`) : "";
        return [value.server ?? (value.addresses ?? []).join(", "), words].filter(Boolean).join(" · ");
    },
    newKey: (value) => value.$key.trim(),
    blank: () => ({ $key: "", addresses: [], callers: "assertedIdentity" }),
    // What belongs to a server goes with it.
    wire: (value) => {
        if (!hasServer(value)) return { ...value, server: null, transport: null, login: null, presents: null };
        // Nothing expires where nothing is registered.
        return value.login?.registers === false ? put(value, "login.expires", undefined) : value;
    },
    extra: "trunk-test",
    groups: [
        {
            id: "line", label: "settings.group.line",
            fields: [
                {
                    name: "$key", type: "text", label: "settings.trunk.key", required: true, isLatin: true, rules: [lineKey],
                    when: ({ $isNew }) => $isNew, hint: () => t("settings.trunk.key.hint"),
                },
                {
                    name: "server", type: "text", label: "settings.trunk.server", isLatin: true, rules: [hostOrAddress],
                    hint: () => t("settings.trunk.server.hint"),
                },
                {
                    name: "transport", type: "choice", label: "settings.trunk.transport", when: hasServer, options: transports,
                    none: "settings.trunk.transport.usual",
                },
                {
                    name: "addresses", type: "list", label: "settings.trunk.addresses", each: true, rules: [address],
                    required: (value) => !hasServer(value), hint: () => t("settings.trunk.addresses.hint"),
                },
                {
                    name: "callsPerSecond", type: "number", label: "settings.trunk.callsPerSecond", rules: [range(1, 1000)],
                    hint: () => t("settings.trunk.callsPerSecond.hint"),
                },
            ],
        },
        {
            id: "login", label: "settings.group.login", when: hasServer,
            fields: [
                {
                    name: "login", type: "flag", label: "settings.trunk.login", wide: true, on: { registers: true, expires: 600 },
                    hint: () => t("settings.trunk.login.hint"),
                },
                {
                    name: "login.user", type: "text", label: "settings.trunk.login.user", required: true, isLatin: true,
                    when: hasLogin, rules: [text(200)],
                },
                {
                    name: "login.password", type: "secret", label: "session.password", when: hasLogin, rules: [secret(1)],
                    required: (value, draft) => value.$isNew === true || !draft?.base?.login,
                    hint: (value, answer, id) => (answer.setUp.trunks?.[id]?.login ? t("settings.password.kept") : t("settings.trunk.password.hint")),
                },
                {
                    name: "login.realmUser", type: "text", label: "settings.trunk.login.realmUser", isLatin: true, when: hasLogin,
                    rules: [text(200)], hint: () => t("settings.trunk.login.realmUser.hint"),
                },
                {
                    name: "login.registers", type: "flag", label: "settings.trunk.login.registers", when: hasLogin, off: false,
                    on: true, hint: () => t("settings.trunk.login.registers.hint"),
                },
                {
                    name: "login.expires", type: "number", label: "settings.trunk.login.expires", unit: "settings.unit.seconds", rules: [range(60, 86_400)],
                    when: (value) => hasLogin(value) && value.login.registers !== false,
                },
            ],
        },
        {
            id: "numbers", label: "settings.group.callerNumbers",
            fields: [
                {
                    name: "callers", type: "choice", label: "settings.trunk.callers", required: true, options: headers,
                    hint: () => t("settings.trunk.callers.hint"), wide: true,
                },
                {
                    name: "presents", type: "flag", label: "settings.trunk.presents", wide: true,
                    on: { header: "from", format: "e164" }, when: hasServer, hint: () => t("settings.trunk.presents.hint"),
                },
                {
                    name: "presents.number", type: "text", label: "settings.trunk.presents.number", isLatin: true, when: hasNumber,
                    rules: [international], tidy: digitsOf,
                },
                {
                    name: "presents.header", type: "choice", label: "settings.trunk.presents.header", when: hasNumber, required: true,
                    options: headers,
                },
                {
                    name: "presents.format", type: "choice", label: "settings.trunk.presents.format", when: hasNumber, required: true,
                    options: formats,
                },
            ],
        },
    ],
});
