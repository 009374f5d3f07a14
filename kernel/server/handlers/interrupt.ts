/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-interrupt */
import type { Handler } from "./handler.ts";

export const interrupt: Handler<"interrupt"> = async (_request, { cells }) => {
  cells.interrupt();
  return { status: "ok" };
};
