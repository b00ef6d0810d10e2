/** One value that changes, and those who want to know. Elements show, stores know. */
export class Store {
    #value;
    #readers = new Set();

    constructor(value) {
        this.#value = value;
    }

    get value() {
        return this.#value;
    }

    /** Sets the value and tells every reader, also when the new value equals the old one. */
    set(value) {
        this.#value = value;
        for (const reader of [...this.#readers]) reader(value);
    }

    /** Calls `reader` now and after every change; the returned function ends that. */
    subscribe(reader) {
        this.#readers.add(reader);
        reader(this.#value);
        return () => this.#readers.delete(reader);
    }
}
