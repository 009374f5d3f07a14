/** How one thread asks another: a call by name, its request in, its reply out. */

/** Calls one of `Calls`; rejects when the other side failed, which is a bug of ours. */
export type Caller<Calls extends { [K in keyof Calls]: { request: unknown; reply: unknown } }> = <
  K extends keyof Calls,
>(
  call: K,
  request: Calls[K]["request"],
) => Promise<Calls[K]["reply"]>;
