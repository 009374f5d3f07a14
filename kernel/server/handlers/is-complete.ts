/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#code-completeness */
import type { Handler } from "./handler.ts";

export const is_complete: Handler<"is_complete"> = async ({ code }, { compiler }) => {
  const { status, indent } = await compiler("isComplete", { source: code });
  return status === "incomplete" ? { status, indent } : { status };
};
