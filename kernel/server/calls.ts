/** Calls over a port: numbered by the caller, answered with the same number. */
import type { MessagePort } from "node:worker_threads";
import type { Answer } from "../threads.ts";

/** Calls one of `Calls`; rejects when the other side failed, which is a bug of ours. */
export type Caller<Calls extends { [K in keyof Calls]: { request: unknown; reply: unknown } }> = <
  K extends keyof Calls,
>(
  call: K,
  request: Calls[K]["request"],
) => Promise<Calls[K]["reply"]>;

export function createCaller<Calls extends { [K in keyof Calls]: { request: unknown; reply: unknown } }>(
  port: MessagePort,
): Caller<Calls> {
  const waiting = new Map<number, { resolve(reply: unknown): void; reject(error: Error): void }>();
  let last = 0;
  port.on("message", (answer: Answer) => {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("failure" in answer) call?.reject(new Error(`internal: ${answer.failure}`));
    else call?.resolve(answer.reply);
  });
  return (call, request) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve: resolve as (reply: unknown) => void, reject });
      port.postMessage({ id, call, request });
    });
}
