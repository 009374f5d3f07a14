/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#connect; deprecated, yet asked by some clients. */
import { CHANNELS } from "../../protocol/connection-file.ts";
import type { ConnectReply } from "../../protocol/messages.ts";
import type { Handler } from "./handler.ts";

export const connect: Handler<"connect"> = async (_request, { endpoints }) => {
  const ports = CHANNELS.map((channel) => [`${channel}_port`, Number(/\d+$/.exec(endpoints[channel])?.[0])]);
  return { status: "ok", ...(Object.fromEntries(ports) as Omit<ConnectReply, "status">) };
};
