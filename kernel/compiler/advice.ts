/** What TypeScript's messages leave out: what to write instead. */
import type { Checker } from "./checker.ts";
import { type Diagnostic, type ElementAccessExpression, type Node, ts } from "./typescript.ts";

interface Advice {
  readonly codes: readonly number[];
  readonly text: string;
}

/** Operators that are given a tensor: TS2362, 2363, 2365 and 2367; `x[0]` on one: TS7053. */
const advices: readonly Advice[] = [
  {
    codes: [2362, 2363, 2365, 2367],
    text: "Tensors are computed with by methods: a.add(b), a.sub(b), a.mul(2), a.div(b), a.pow(2), a.matmul(b), a.gt(0).",
  },
  {
    codes: [7053],
    text: 'Tensors are indexed by methods: x.at(0) and x.at("1:3") read, x.setAt([0], value) writes.',
  },
];

/** "Cannot find name", in its forms. */
const unknownName = new Set([2304, 2552, 2580, 2591]);
const ofCommonJs = new Set(["module", "exports"]);

/** Advice for a name of CommonJS, or a mistake made with a tensor; undefined for every other. */
export function adviceFor(checker: Checker, one: Diagnostic): string | undefined {
  if (unknownName.has(one.code) && ofCommonJs.has(textAt(one)))
    return "Cells and TypeScript files are ES modules: write export before what others shall import.";
  const advice = advices.find(({ codes }) => codes.includes(one.code));
  if (!advice || !one.file || one.start === undefined) return undefined;
  const end = one.start + (one.length ?? 0);
  let node: Node = one.file;
  for (let next: Node | undefined = node; next; ) {
    node = next;
    next = ts.forEachChild(node, (child) =>
      child.getStart(one.file) <= one.start! && child.end >= end ? child : undefined,
    );
  }
  return operandsOf(node).some((operand) => isTensor(checker, operand)) ? advice.text : undefined;
}

const textAt = ({ file, start = 0, length = 0 }: Diagnostic): string =>
  file?.text.slice(start, start + length) ?? "";

/** The operands of the operation or element access around `node`. */
function operandsOf(node: Node): readonly Node[] {
  const owner = [node, node.parent, node.parent?.parent].find(
    (one) => one !== undefined && (ts.isBinaryExpression(one) || ts.isElementAccessExpression(one)),
  );
  if (owner === undefined) return [];
  return ts.isBinaryExpression(owner)
    ? [owner.left, owner.right]
    : [(owner as ElementAccessExpression).expression];
}

function isTensor(checker: Checker, operand: Node): boolean {
  return checker.types.getTypeAtLocation(operand).symbol?.name === "Tensor";
}
