/** Where comm messages go: to what the runtime has set; outside a kernel there is nobody. */

/** A comm message as it travels, either way. https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages */
export interface CommMessage {
  readonly type: "comm_open" | "comm_msg" | "comm_close";
  readonly content: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array[];
}

type Send = (message: CommMessage) => void;

let send: Send | null = null;

/** Sends all comm messages from now on by `next`. */
export function setLink(next: Send): void {
  send = next;
}

/** The way to the clients; `asker` is told when there is none. */
export function link(asker: string): Send {
  if (send !== null) return send;
  throw new Error(`${asker}: this program runs outside a kernel: comms join a notebook's cells to its page`);
}
