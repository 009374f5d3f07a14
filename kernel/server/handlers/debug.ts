/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#debug-request */
import type { Handler } from "./handler.ts";

export const debug: Handler<"debug"> = async (request, { debugger: debug }, message) => ({
  ...(await debug.handle(request, message)),
});
