/** Comms, passed on to main. https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages */
import type { Notices } from "../../protocol/messages.ts";
import type { Handler, NoticeHandlers } from "./handler.ts";

export const comm_info: Handler<"comm_info"> = async ({ target_name }, { comms }) => ({
  status: "ok",
  comms: await comms.open(target_name),
});

/** The handler of one kind of comm message: idle follows when what it calls in the user's code has ended. */
export function commNotice<K extends keyof Notices>(type: K): NoticeHandlers[K] {
  return async (message, { comms, cells, session }) => {
    const error = await comms.fromClient(type, message, (comm) => cells.hear(message, comm));
    if (error !== undefined) session.publish("error", error, message);
  };
}
