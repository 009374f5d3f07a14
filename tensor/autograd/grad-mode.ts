/** Switching recording off and on: as a function around a body, or with `using`. */
import { mode } from "../core/mode.ts";

/** Puts recording back as it was when disposed. */
export interface GradMode extends Disposable {
  readonly enabled: boolean;
}

function within<T>(on: boolean, body: () => T): T {
  const before = mode.grad;
  const restore = (): void => {
    mode.grad = before;
  };
  mode.grad = on;
  let result: T;
  try {
    result = body();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore) as T;
  restore();
  return result;
}

function switched(on: boolean): GradMode {
  const before = mode.grad;
  mode.grad = on;
  return {
    enabled: on,
    [Symbol.dispose]: () => {
      mode.grad = before;
    },
  };
}

/** A mode switch: called with a body it returns the body's value; called alone it lasts until disposed. */
export interface ModeSwitch {
  <T>(body: () => T): T;
  (): GradMode;
}
function modeSwitch(on: boolean): ModeSwitch {
  return (<T>(body?: () => T): T | GradMode =>
    body === undefined ? switched(on) : within(on, body)) as ModeSwitch;
}

/** No graph is recorded in the body: `torch.no_grad(() => …)`, or `using _ = torch.no_grad()`. */
export const no_grad: ModeSwitch = modeSwitch(false);
/** The graph is recorded in the body, also inside `no_grad`. */
export const enable_grad: ModeSwitch = modeSwitch(true);
/** As `no_grad` (`torch.inference_mode`). */
export const inference_mode: ModeSwitch = modeSwitch(false);

/** Switches recording on or off, for a body or until disposed. */
export function set_grad_enabled(on: boolean): GradMode;
export function set_grad_enabled<T>(on: boolean, body: () => T): T;
export function set_grad_enabled<T>(on: boolean, body?: () => T): T | GradMode {
  return body === undefined ? switched(on) : within(on, body);
}

/** Whether ops are recorded now. */
export function is_grad_enabled(): boolean {
  return mode.grad;
}
