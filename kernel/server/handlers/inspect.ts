/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#introspection */
import type { Inspection } from "../../threads.ts";
import { toOffset } from "../positions.ts";
import type { Handler } from "./handler.ts";

export const inspect: Handler<"inspect"> = async ({ code, cursor_pos, detail_level }, { compiler }) => {
  const found = await compiler("inspect", {
    source: code,
    offset: toOffset(code, cursor_pos),
    detail: detail_level,
  });
  const data = found === null ? {} : { "text/plain": plain(found), "text/markdown": markdown(found) };
  return { status: "ok", found: found !== null, data, metadata: {} };
};

const plain = ({ signature, documentation, source }: Inspection): string =>
  paragraphs(
    signature,
    documentation
      .replace(/^\*(@\w+)\*(?: `(\S+)`)?/gm, (_, tag, name) => [tag, name].join(" ").trim())
      .replace(/^```.*\n?/gm, ""),
    source,
  );

const markdown = ({ signature, documentation, source }: Inspection): string =>
  paragraphs(fenced(signature), documentation, source === undefined ? undefined : fenced(source));

const paragraphs = (...parts: (string | undefined)[]): string => parts.filter(Boolean).join("\n\n");

/** A code block whose fence is longer than any run of backticks in it. */
function fenced(code: string): string {
  const longest = Math.max(2, ...(code.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}typescript\n${code}\n${fence}`;
}
