/** Comms, forwarded to main. https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages */
import type { Notices } from "../../protocol/messages.ts";
import type { Handler, NoticeHandlers } from "./handler.ts";

export const comm_info: Handler<"comm_info"> = async ({ target_name }, { comms }) => ({
  status: "ok",
  comms: comms.open(target_name),
});

/** The handler of one kind of comm message. */
export function commNotice<K extends keyof Notices>(type: K): NoticeHandlers[K] {
  return async (message, { comms, cells }) => comms.fromClient(type, message, cells.speaker(message));
}
