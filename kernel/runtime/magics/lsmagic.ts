/** `%lsmagic`: the table of magics, made from their declarations. */

import { displaySymbol, type MimeBundle } from "../../display/bundle.ts";
import { escapeHtml } from "../../display/format.ts";
import { magics } from "../../magics.ts";
import type { RunMagic } from "./magic.ts";

/** One line for each magic, as text, Markdown and HTML. */
export const lsmagic: RunMagic = () => ({ [displaySymbol]: bundle });

function bundle(): MimeBundle {
  const rows = Object.entries(magics).map(([name, { usage, summary }]) => ({
    call: `${name} ${usage}`.trimEnd(),
    summary,
  }));
  const width = Math.min(40, Math.max(...rows.map(({ call }) => call.length)));
  const text = rows.map(({ call, summary }) =>
    call.length > width ? `${call}\n${" ".repeat(width + 2)}${summary}` : `${call.padEnd(width)}  ${summary}`,
  );
  const note = "A magic stands on a cell's first line.";
  const cell = (content: string): string => `<td style="text-align: left">${content}</td>`;
  const html = rows.map(
    ({ call, summary }) => `<tr>${cell(`<code>${escapeHtml(call)}</code>`)}${cell(escapeHtml(summary))}</tr>`,
  );
  const markdown = rows.map(({ call, summary }) => `| \`${call.replaceAll("|", "\\|")}\` | ${summary} |`);
  return {
    "text/plain": `${[...text, "", note].join("\n")}`,
    "text/markdown": ["| magic | what it does |", "|:--|:--|", ...markdown, "", note].join("\n"),
    "text/html": `<table><tbody>${html.join("")}</tbody></table><p>${note}</p>`,
  };
}
