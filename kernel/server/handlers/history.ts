/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#history */
import type { Handler } from "./handler.ts";

export const history: Handler<"history"> = async (request, services) => ({
  status: "ok",
  history: await services.history.read(request),
});
