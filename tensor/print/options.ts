/** How tensors are printed: torch.set_printoptions and its profiles. */

/** torch's print options; `sci_mode` undefined lets the values decide. */
export interface PrintOptions {
  precision: number;
  threshold: number;
  edgeitems: number;
  linewidth: number;
  sci_mode: boolean | undefined;
}

export interface PrintOptionChanges {
  readonly precision?: number | null;
  readonly threshold?: number | null;
  readonly edgeitems?: number | null;
  readonly linewidth?: number | null;
  readonly profile?: "default" | "short" | "full" | null;
  readonly sci_mode?: boolean | null;
}

const PROFILES = {
  default: { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80 },
  short: { precision: 2, threshold: 1000, edgeitems: 2, linewidth: 80 },
  full: { precision: 4, threshold: Number.POSITIVE_INFINITY, edgeitems: 3, linewidth: 80 },
} as const;

const current: PrintOptions = { ...PROFILES.default, sci_mode: undefined };

/** Sets options for printing (torch.set_printoptions): the profile first, then what is given beside it. */
export function set_printoptions(changes: PrintOptionChanges = {}): void {
  if (changes.profile != null) Object.assign(current, PROFILES[changes.profile]);
  if (changes.precision != null) current.precision = changes.precision;
  if (changes.threshold != null) current.threshold = changes.threshold;
  if (changes.edgeitems != null) current.edgeitems = changes.edgeitems;
  if (changes.linewidth != null) current.linewidth = changes.linewidth;
  current.sci_mode = changes.sci_mode ?? undefined;
}

/** The options in force (torch.get_printoptions gives a copy of them). */
export function get_printoptions(): PrintOptions {
  return { ...current };
}
