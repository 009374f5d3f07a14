/** What runs before each cell (modes to reset) and after it (figures not yet shown), in the cell's own name. */

export const cellHooks: { readonly start: Set<() => void>; readonly end: Set<() => void> } = {
  start: new Set(),
  end: new Set(),
};
