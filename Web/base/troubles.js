import { follow } from "./stream.js";

/** What is wrong with the centre as a whole: {troubles: [{code, since}]}; null until the server has said. */
export const troubles = follow("troubles", (_, next) => next);
