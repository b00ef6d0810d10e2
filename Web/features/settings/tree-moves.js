// Changes of a tree of {$id, below}: each returns a new tree, and null where there is nothing to change.

/** Gives every node an id of its own, by which it is known while it is edited. */
export function identified(tree) {
    return tree.map((node) => ({ ...node, $id: node.$id ?? node.key ?? newID(), below: identified(node.below ?? []) }));
}

/** By chance and not counted: what is not saved outlives a reload of the page. */
function newID() {
    return `new ${crypto.getRandomValues(new Uint32Array(2)).join(" ")}`;
}

/** {node, siblings, index, path: the ids above} of a node. */
export function find(tree, id, path = []) {
    for (const [index, node] of tree.entries()) {
        if (node.$id === id) return { node, siblings: tree, index, path };
        const found = find(node.below ?? [], id, [...path, node.$id]);
        if (found) return found;
    }
    return null;
}

/** The tree with a node replaced. */
export function changed(tree, id, change) {
    return tree.map((node) => (node.$id === id ? change(node) : { ...node, below: changed(node.below ?? [], id, change) }));
}

/** The tree without a node. */
export function without(tree, id) {
    return tree.filter((node) => node.$id !== id).map((node) => ({ ...node, below: without(node.below ?? [], id) }));
}

function inserted(tree, parent, index, node) {
    if (parent === null) return tree.toSpliced(index, 0, node);
    return changed(tree, parent, (one) => ({ ...one, below: (one.below ?? []).toSpliced(index, 0, node) }));
}

/** A node moved among those of a parent (null: the top), or null if it would come below itself. */
export function placed(tree, id, parent, index) {
    const found = find(tree, id);
    if (found === null || parent === id || (parent !== null && find(found.node.below ?? [], parent))) return null;
    const sameParent = (found.path.at(-1) ?? null) === parent;
    return inserted(without(tree, id), parent, sameParent && found.index < index ? index - 1 : index, found.node);
}

/** A node one place up (-1) or down (1) among those beside it. */
export function shifted(tree, id, by) {
    const { siblings, index, path } = find(tree, id);
    if (index + by < 0 || index + by >= siblings.length) return null;
    return placed(tree, id, path.at(-1) ?? null, index + (by > 0 ? 2 : -1));
}

/** A node below the one before it. */
export function lowered(tree, id) {
    const { siblings, index } = find(tree, id);
    const before = siblings[index - 1];
    return before ? placed(tree, id, before.$id, (before.below ?? []).length) : null;
}

/** A node beside the one above it. */
export function raised(tree, id) {
    const { path } = find(tree, id);
    if (path.length === 0) return null;
    const above = find(tree, path.at(-1));
    return placed(tree, id, above.path.at(-1) ?? null, above.index + 1);
}

/** A new node after another one, or below it; with null at the end. Returns {tree, id}. */
export function added(tree, id, { below = false } = {}) {
    const [node] = identified([{ name: {}, meanings: [] }]);
    const found = id === null ? null : find(tree, id);
    if (found === null) return { tree: [...tree, node], id: node.$id };
    if (below) return { tree: inserted(tree, id, found.node.below.length, node), id: node.$id };
    return { tree: inserted(tree, found.path.at(-1) ?? null, found.index + 1, node), id: node.$id };
}
