/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-shutdown; the server stops after the reply. */
import type { Handler } from "./handler.ts";

export const shutdown: Handler<"shutdown"> = async ({ restart }) => ({ status: "ok", restart });
