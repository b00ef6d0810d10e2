import { follow } from "../../base/stream.js";

/** The floor as the server has it: {queues, agents, quotas}, followed by changes; null for somebody who does not see it. */
export const floorStore = follow("floor", (floor, change) => {
    if (change.whole || floor === null) return { ...change, whole: true };
    const gone = new Set(change.gone);
    return {
        ...floor,
        position: change.position,
        now: change.now,
        queues: merged(floor.queues, change.queues, gone),
        agents: merged(floor.agents, change.agents, gone),
        quotas: change.quotas,
    };
});

/** The rows with the changed ones in their places, new ones at the end, without those that are gone. */
function merged(rows, changed, gone) {
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const row of changed) byId.set(row.id, row);
    return [...byId.values()].filter(({ id }) => !gone.has(id));
}
