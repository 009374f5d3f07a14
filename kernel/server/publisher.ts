/** iopub's queue: who says too much waits for who reads, within limits of memory and time, so that nothing is lost. */
import { setTimeout as sleep } from "node:timers/promises";

type Frames = readonly Uint8Array[];

/** What it needs of the socket: with `noDrop`, a message that does not fit for each subscriber is refused with EAGAIN. */
export interface PublishingSocket {
  noDrop: boolean;
  send(frames: Buffer[]): Promise<void>;
}

export interface Publisher {
  /** Queues a message. */
  send(frames: Frames): void;
  /** Is told when more waits than should, and when that is over. */
  onBacklog(tell: (isFull: boolean) => void): void;
  /** Resolves when all is handed over; from now on, nobody is waited for. */
  close(): Promise<void>;
}

/** Messages that libzmq may hold for each subscriber, most of them texts of 64 KB; it does not tell how much it holds. */
export const HELD_BY_LIBRARY = 256;
/** Bytes that may wait here, and so few that the backlog counts as over. */
const FULL = 48 * 2 ** 20;
const OVER = FULL / 2;
/** What a message takes beside its frames' bytes. */
const OVERHEAD = 1024;
/** Milliseconds until a refused message is tried again. */
const AGAIN = 2;
/** Milliseconds without any progress, after which a client that does not read is waited for no more. */
const PATIENCE = 10_000;
/** Milliseconds between tries whether such a client reads again. */
const RETRY = 1000;

/** A queue before `socket`; `gaveUp` is called when a client stops being waited for. */
export function createPublisher(
  socket: PublishingSocket,
  gaveUp: () => void = () => {},
  patience = PATIENCE,
): Publisher {
  let waiting: Frames[] = [];
  let bytes = 0;
  let isFull = false;
  let isPatient = true;
  let isClosing = false;
  let tell: (isFull: boolean) => void = () => {};
  let sending: Promise<void> | null = null;

  const count = (change: number): void => {
    bytes += change;
    const isNow = isFull ? bytes > OVER : bytes > FULL;
    if (isNow === isFull) return;
    isFull = isNow;
    tell(isFull);
  };

  /** Whether every subscriber's queue had room for it. */
  const fits = async (frames: Frames): Promise<boolean> => {
    try {
      await socket.send(frames as Buffer[]);
      return true;
    } catch (error) {
      // Closed, at the end: nobody is left to wait for.
      return (error as NodeJS.ErrnoException).code !== "EAGAIN";
    }
  };

  /** When it was last tried whether a client that was given up reads again. */
  let triedAt = 0;
  const setPatient = (isNow: boolean): void => {
    isPatient = isNow;
    quietly(() => {
      socket.noDrop = isNow;
    });
  };

  const deliver = async (frames: Frames): Promise<void> => {
    const since = Date.now();
    const isTry = !isPatient && !isClosing && since - triedAt > RETRY;
    if (isTry) {
      triedAt = since;
      setPatient(true);
    }
    while (!(await fits(frames))) {
      if (isTry || isClosing || Date.now() - since > patience) {
        if (!isTry && !isClosing) gaveUp();
        triedAt = Date.now();
        // Those who read get it; who does not read loses it.
        setPatient(false);
      } else await sleep(AGAIN);
    }
  };

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      for (const frames of batch) {
        await deliver(frames);
        count(-sizeOf(frames));
      }
    }
    sending = null;
  };

  return {
    send(frames) {
      waiting.push(frames);
      count(sizeOf(frames));
      sending ??= drain();
    },
    onBacklog(listener) {
      tell = listener;
    },
    async close() {
      isClosing = true;
      await sending;
    },
  };
}

/** zeromq.js warns that the option takes effect later; libzmq looks at it whenever it sends. */
function quietly(set: () => void): void {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    set();
  } finally {
    process.emitWarning = emitWarning;
  }
}

const sizeOf = (frames: Frames): number => frames.reduce((sum, frame) => sum + frame.byteLength, OVERHEAD);
