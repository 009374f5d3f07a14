/** The magics that show a cell's text as it is, in the language it is written in. */
import { display, HTML, Latex, Markdown, SVG } from "../../display/index.ts";
import type { RunMagic } from "./magic.ts";

const shownAs =
  (make: (text: string) => unknown): RunMagic =>
  ({ body }) => {
    display(make(body));
  };

export const html = shownAs((text) => HTML(text));
export const markdown = shownAs((text) => Markdown(text));
export const latex = shownAs((text) => Latex(text));
export const svg = shownAs((text) => SVG(text));

/** The page runs it; this process does not. */
export const javascript: RunMagic = ({ body }) => {
  display({ "application/javascript": body, "text/plain": "<Javascript>" }, { raw: true });
};
