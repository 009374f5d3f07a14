/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#completion */
import { toOffset, toPosition } from "../positions.ts";
import type { Handler } from "./handler.ts";

export const complete: Handler<"complete"> = async ({ code, cursor_pos }, { compiler }) => {
  const { matches, start, end } = await compiler("complete", {
    source: code,
    offset: toOffset(code, cursor_pos),
  });
  const cursor_start = toPosition(code, start);
  const cursor_end = toPosition(code, end);
  return {
    status: "ok",
    matches: matches.map(({ text }) => text),
    cursor_start,
    cursor_end,
    metadata: {
      _jupyter_types_experimental: matches.map((match) => ({
        ...match,
        start: cursor_start,
        end: cursor_end,
      })),
    },
  };
};
