import { defineAction } from "../../base/keys.js";
import { offer } from "../desk/desk-tabs.js";
import { may, session } from "../session/session.js";
import "./customer-record.js";
import { customerAtDesk } from "./customer-store.js";

defineAction("customer", { key: "Alt+KeyU", label: "customers.key", when: () => session.value?.user.agent === true && may("viewCustomers") });

offer("middle", {
    name: "customer", label: "customers.tab", element: "customer-record", store: customerAtDesk, isThere: () => customerAtDesk.value.chosen !== null,
});
