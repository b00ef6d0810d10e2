import { place } from "../../base/router.js";
import { Store } from "../../base/store.js";

/** Where the list of contacts was left: the address that a story leads back to, with its filters and its figure. */
export const lastList = new Store("/contacts");

place.subscribe(({ path, query }) => {
    if (path === "/contacts") lastList.set(query.size === 0 ? path : `${path}?${query}`);
});
