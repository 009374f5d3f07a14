/** The text of a documentation comment as Markdown. */

interface Tag {
  /** Empty for the text before the first tag. */
  readonly name: string;
  readonly text: string;
}

/** All of a comment: its text, then each tag in a line of its own, its examples as code. */
export function markdown(comment: string): string {
  return tagsOf(comment)
    .map(tagMarkdown)
    .filter((text) => text !== "")
    .join("\n\n");
}

/** What the tag `name` says about `subject`; empty when it is not there. */
export function tagText(comment: string, name: string, subject: string): string {
  for (const tag of tagsOf(comment)) {
    const [found, text] = subjectOf(tag.text);
    if (tag.name === name && found === subject) return links(text);
  }
  return "";
}

function tagMarkdown({ name, text }: Tag): string {
  if (name === "") return links(text);
  const title = `*@${name}*`;
  if (name === "example") return `${title}\n${isMarked(text) ? text : fenced(text)}`;
  if (!withSubject.has(name)) return `${title} ${links(text.replace(/^\{([^}]+)\}/, "`$1`"))}`.trimEnd();
  const [subject, about] = subjectOf(text);
  return `${title} \`${subject}\`${about && ` — ${links(about)}`}`;
}

const withSubject = new Set(["param", "template", "typeParam", "property"]);

/** The tags of a comment; `@` within a code block begins none. */
function tagsOf(comment: string): Tag[] {
  const tags: { name: string; lines: string[] }[] = [{ name: "", lines: [] }];
  let isCode = false;
  for (const line of linesOf(comment)) {
    const tag = isCode ? null : /^\s*@(\w+)(?:\s+(.*))?$/.exec(line);
    if (/^\s*```/.test(line)) isCode = !isCode;
    if (tag) tags.push({ name: tag[1]!, lines: [tag[2] ?? ""] });
    else tags.at(-1)!.lines.push(line);
  }
  return tags.map(({ name, lines }) => ({ name, text: lines.join("\n").trim() }));
}

const linesOf = (comment: string): string[] =>
  comment
    .slice(3, -2)
    .split(/\r?\n/)
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd());

/** The name a tag is about, and the rest: `{type} [name=1] - text` in the older spelling. */
function subjectOf(text: string): readonly [subject: string, about: string] {
  const parts = /^(?:\{[^}]*\}\s*)?\[?([\w$.]+)[^\s\]]*\]?\s*(?:[-–—:]\s*)?(.*)$/s.exec(text);
  return parts ? [parts[1]!, parts[2]!] : ["", text];
}

const links = (text: string): string =>
  text.replace(/\{@link(?:code|plain)?\s+([^}|\s]+)(?:[|\s]+([^}]+))?\}/g, (_, to: string, title?: string) =>
    /^https?:/.test(to) ? `[${title ?? to}](${to})` : `\`${title ?? to}\``,
  );

const isMarked = (text: string): boolean => /^\s*```|<caption>/m.test(text);

const fenced = (text: string): string => `\`\`\`typescript\n${text}\n\`\`\``;
