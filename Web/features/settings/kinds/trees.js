import { t } from "../../../base/text.js";
import { kind } from "../forms.js";
import { identified } from "../tree-moves.js";
import { keyFor, nameIn } from "../values.js";

/** A node of the tree and all below it, deepest last. */
function nodesOf(tree) {
    return tree.flatMap((node) => [node, ...nodesOf(node.below ?? [])]);
}

/** The dispositions of a project: one tree, which is saved as a whole. */
export const dispositions = kind({
    id: "dispositions", one: "dispositions", title: "settings.dispositions",
    all: (setUp) =>
        Object.entries(setUp.projects ?? {}).map(([key, { name, dispositions: tree }]) => ({ id: key, key, project: null, value: { tree: tree ?? [], name } })),
    open: ({ tree }) => ({ dispositions: identified(tree) }),
    name: () => t("settings.dispositions"),
    idOf: ({ key }) => key,
    path: ({ key }) => `projects.${key}`,
    // What is new gets its key now that its name is known.
    wire: ({ dispositions: tree }) => {
        const taken = nodesOf(tree).map(({ key }) => key).filter(Boolean);
        const finished = ({ $id: _, key, name, below = [], ...node }) => {
            const own = key ?? keyFor(name, "disposition", taken);
            taken.push(own);
            return { key: own, name, ...node, ...(below.length > 0 ? { below: below.map(finished) } : {}) };
        };
        return { dispositions: tree.map(finished) };
    },
    part: ({ key }, { dispositions: tree }, draft) => {
        const kept = new Set(nodesOf(tree).map((node) => node.key));
        const gone = nodesOf(draft.base.dispositions).map((node) => node.key).filter((one) => !kept.has(one));
        return { projects: { [key]: { dispositions: tree } }, ...(gone.length > 0 ? { remove: { dispositions: { [key]: gone } } } : {}) };
    },
    groups: [
        {
            id: "all",
            fields: [
                {
                    name: "dispositions", type: "tree", label: "settings.dispositions",
                    rules: [(tree) => (nodesOf(tree).some(({ name }) => nameIn(name) === "") ? { rule: "required" } : null)],
                },
            ],
        },
    ],
});
