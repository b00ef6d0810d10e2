// What a whole text must look like: the part of regular expressions that needs no trying back, so that no pattern can hang the page that a
// text is typed into. The same as Sources/Scripting/Pattern.swift; a class of signs means what it means to the browser.

const known = new Map();

/** Whether the whole of `text` is as `pattern` says. What is no pattern fits nothing. */
export function matches(pattern, text) {
    if (!known.has(pattern)) known.set(pattern, read(pattern));
    const steps = known.get(pattern);
    if (steps === null) return false;
    let places = reach(steps, [0]);
    for (const point of text) {
        places = reach(steps, places.filter((place) => steps[place].one?.test(point)).map((place) => place + 1));
        if (places.length === 0) return false;
    }
    return places.some((place) => steps[place].match);
}

/** Everything that is reached without a sign, each place once. */
function reach(steps, starts) {
    const reached = new Set();
    const open = [...starts];
    while (open.length > 0) {
        const place = open.pop();
        if (reached.has(place)) continue;
        reached.add(place);
        open.push(...(steps[place].to ?? []));
    }
    return [...reached].filter((place) => !steps[place].to);
}

function read(pattern) {
    try {
        const reader = new Reader(pattern);
        const steps = [];
        write(reader.whole(), steps);
        steps.push({ match: true });
        return steps;
    } catch (error) {
        if (error instanceof SyntaxError) return null;
        throw error;
    }
}

class Reader {
    // A class as one word, a sign behind a backslash, a count, or any code point.
    #words;
    #index = 0;

    constructor(pattern) {
        this.#words = pattern.match(/\[\^?(?:\\.|[^\]\\])*\]|\\.|\(\?:|\{\d+(?:,\d*)?\}|./gsu) ?? [];
    }

    whole() {
        const tree = this.#choice();
        if (this.#index < this.#words.length) throw new SyntaxError("a bracket too many");
        return tree;
    }

    get #next() {
        return this.#words[this.#index];
    }

    #choice() {
        const ways = [this.#sequence()];
        while (this.#next === "|") {
            this.#index += 1;
            ways.push(this.#sequence());
        }
        return { ways };
    }

    #sequence() {
        const parts = [];
        while (this.#next !== undefined && this.#next !== "|" && this.#next !== ")") parts.push(this.#counted(this.#atom()));
        return { parts };
    }

    #atom() {
        const word = this.#next;
        this.#index += 1;
        if (word === "(" || word === "(?:") {
            const tree = this.#choice();
            if (this.#next !== ")") throw new SyntaxError("a bracket is missing");
            this.#index += 1;
            return tree;
        }
        return { one: new RegExp(`^${word}$`, "u") };
    }

    #counted(part) {
        const count = { "*": [0, Infinity], "+": [1, Infinity], "?": [0, 1] }[this.#next] ?? this.#braces();
        if (!count) return part;
        this.#index += 1;
        // As few as may be: the whole is held against it, so that changes nothing.
        if (this.#next === "?") this.#index += 1;
        return { part, least: count[0], most: count[1] };
    }

    #braces() {
        const [, least, comma, most] = /^\{(\d+)(,?)(\d*)\}$/.exec(this.#next ?? "") ?? [];
        if (least === undefined) return null;
        return [Number(least), comma === "" ? Number(least) : most === "" ? Infinity : Number(most)];
    }
}

function write(tree, steps) {
    if (tree.one) return void steps.push({ one: tree.one });
    if (tree.parts) return tree.parts.forEach((part) => write(part, steps));
    if (tree.ways) return writeWays(tree.ways, steps);
    for (let count = 0; count < tree.least; count += 1) write(tree.part, steps);
    if (tree.most === Infinity) {
        const fork = steps.push({ to: [] }) - 1;
        write(tree.part, steps);
        steps.push({ to: [fork] });
        steps[fork].to = [fork + 1, steps.length];
        return;
    }
    const forks = [];
    for (let count = tree.least; count < tree.most; count += 1) {
        forks.push(steps.push({ to: [] }) - 1);
        write(tree.part, steps);
    }
    for (const fork of forks) steps[fork].to = [fork + 1, steps.length];
}

function writeWays(ways, steps) {
    const ends = [];
    ways.forEach((way, index) => {
        if (index === ways.length - 1) return write(way, steps);
        const fork = steps.push({ to: [] }) - 1;
        write(way, steps);
        ends.push(steps.push({ to: [] }) - 1);
        steps[fork].to = [fork + 1, steps.length];
    });
    for (const end of ends) steps[end].to = [steps.length];
}
