/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#execute */
import type { ExecuteReply, ExecuteRequest, ExpressionResult, Message } from "../../protocol/messages.ts";
import type { Handler, Services } from "./handler.ts";

export const execute: Handler<"execute"> = async (request, services, message): Promise<ExecuteReply> => {
  const { cells, counter, history, session } = services;
  // It outlives its cell, for what comes late; the code, which may be large, need not.
  const parent: Message = { ...message, content: {}, buffers: [] };
  if (request.store_history) counter.value++;
  const execution_count = counter.value;
  if (request.store_history) history.add(execution_count, request.code);
  if (!request.silent) session.publish("execute_input", { code: request.code, execution_count }, message);
  const { error, result, payload } = await cells.run({
    source: request.code,
    // What stands in no history is told as a part of the cell that comes next.
    name: `In [${request.store_history ? execution_count : execution_count + 1}]`,
    parent,
    executionCount: execution_count,
    quiet: request.silent,
    allowStdin: request.allow_stdin,
  });
  if (error !== undefined) {
    if (!request.silent) session.publish("error", error, message);
    if (request.stop_on_error && !request.silent) await services.subshells.abortQueued(message);
    return { status: "error", execution_count, ...error, ...(payload.length > 0 && { payload }) };
  }
  const text = result?.data["text/plain"];
  if (request.store_history && typeof text === "string") history.setOutput(execution_count, text);
  const user_expressions = await evaluate(request.user_expressions, services, parent);
  return { status: "ok", execution_count, user_expressions, payload };
};

/** Each expression's result, one after the other, as quiet cells. */
async function evaluate(
  expressions: ExecuteRequest["user_expressions"],
  { cells }: Services,
  parent: Message,
): Promise<Record<string, ExpressionResult>> {
  const results: [string, ExpressionResult][] = [];
  for (const [name, source] of Object.entries(expressions)) {
    const { error, result } = await cells.run({
      source,
      name: `user expression ${name}`,
      parent,
      executionCount: 0,
      quiet: true,
      allowStdin: false,
    });
    const value = result ?? { data: { "text/plain": "undefined" }, metadata: {} };
    results.push([name, error === undefined ? { status: "ok", ...value } : { status: "error", ...error }]);
  }
  return Object.fromEntries(results);
}
