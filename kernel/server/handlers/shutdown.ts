/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-shutdown; the server stops after the reply. */
import type { ShutdownReply } from "../../protocol/messages.ts";
import type { Handler } from "./handler.ts";

export const shutdown: Handler<"shutdown"> = async ({ restart }, { session }, message) => {
  const reply: ShutdownReply = { status: "ok", restart };
  session.publish("shutdown_reply", reply, message);
  return reply;
};
